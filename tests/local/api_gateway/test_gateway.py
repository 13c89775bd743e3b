import asyncio
from collections.abc import AsyncIterator

import pytest

from local.api_gateway import gateway
from local.faults.invoke_errors import InvokeRefused
from local.lambda_functions.concurrency_limit import Throttled
from local.lambda_functions.invocation_result import InvocationResult
from tests.local.in_process import KEY, Api
from tests.local.small_stack import Running


def test_a_function_that_fails_is_a_502_that_says_nothing(api: Api) -> None:
    response = api.call("POST", "/answer", content="not json")
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})


def test_a_body_over_ten_megabytes_is_refused(api: Api) -> None:
    response = api.call("POST", "/things", content=b"x" * (10 * 2**20 + 1))
    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})


def test_a_body_that_says_it_is_too_long_is_refused_unread(api: Api) -> None:
    headers = [("content-length", str(10 * 2**20 + 1))]
    response = api.call("POST", "/things", headers=headers, content=never_read())
    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})


async def never_read() -> AsyncIterator[bytes]:
    yield pytest.fail("the body was read")


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "CONNECT", "PATCH"])
def test_a_method_without_a_route_is_a_403_even_if_others_have_one(api: Api, method: str) -> None:
    for key in (KEY, None):
        response = api.call(method, "/things", key=key)
        assert response.status_code == 403
        assert response.json() == {"message": "Missing Authentication Token"}
        assert response.headers["x-request-id"]


def test_head_is_a_method_without_a_route_whose_answer_has_no_body(api: Api) -> None:
    response = api.call("HEAD", "/things")
    assert (response.status_code, response.content) == (403, b"")
    assert response.headers["content-length"] == "43"
    assert response.headers["x-request-id"]


class Buggy:
    """A runtime with a bug."""

    async def invoke(self, *_: object, **__: object) -> InvocationResult:
        raise KeyError("a secret")


def test_a_bug_of_the_gateway_is_a_500_with_a_request_id_and_no_details() -> None:
    response = Api.of(Buggy()).call("GET", "/things")
    assert (response.status_code, response.json()) == (500, {"message": "Internal server error"})
    assert response.headers["x-request-id"]


class Endless:
    """Functions that never return."""

    async def invoke(
        self, name: str, event: object, request_id: str = "", slot_timeout: float | None = None
    ) -> InvocationResult:
        await asyncio.sleep(3600)
        raise AssertionError


def test_a_function_that_takes_too_long_is_a_504(monkeypatch: pytest.MonkeyPatch) -> None:
    assert gateway.INTEGRATION_SECONDS == 29
    monkeypatch.setattr(gateway, "INTEGRATION_SECONDS", 0.1)
    response = Api.of(Endless()).call("GET", "/things")
    assert response.status_code == 504
    assert response.json() == {"message": "Endpoint request timed out"}


class Throttling:
    """Functions whose concurrency limit is reached."""

    slot_timeout: float | None = None

    async def invoke(
        self, name: str, event: object, request_id: str = "", slot_timeout: float | None = None
    ) -> InvocationResult:
        self.slot_timeout = slot_timeout
        raise Throttled


def test_a_request_that_gets_no_slot_within_10_seconds_is_a_429() -> None:
    functions = Throttling()
    response = Api.of(functions).call("GET", "/things")
    assert (response.status_code, response.json()) == (429, {"message": "Too Many Requests"})
    assert response.headers["x-request-id"]
    assert functions.slot_timeout == 10


class Asleep:
    """Functions that Lambda cannot invoke yet."""

    async def invoke(self, *_: object, **__: object) -> InvocationResult:
        raise InvokeRefused("ResourceNotReadyException", "is not ready")


def test_a_function_that_lambda_refuses_to_invoke_is_a_500() -> None:
    response = Api.of(Asleep()).call("GET", "/things")
    assert (response.status_code, response.json()) == (500, {"message": "Internal server error"})


def test_over_http_requests_and_responses_keep_their_bytes(cloud: Running) -> None:
    path = "/things/a%2Fb%00?a=1&a=2"
    event = cloud.call("GET", path, headers={"x-a": "1"}).json()
    assert event["path"] == "/things/a%2Fb%00"
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"]}
    assert event["headers"]["x-a"] == "1"
    result = {"statusCode": 201, "multiValueHeaders": {"x-a": ["2", "3"]}, "body": "grüße"}
    response = cloud.call("POST", "/answer", json=result)
    assert (response.status_code, response.content.decode()) == (201, "grüße")
    assert response.headers.get_list("x-a") == ["2", "3"]
    headers = {b"x-api-key": b"\xff"}
    forbidden = cloud.http.get(cloud.stack["api_url"] + "/things", headers=headers)
    assert (forbidden.status_code, forbidden.json()) == (403, {"message": "Forbidden"})
