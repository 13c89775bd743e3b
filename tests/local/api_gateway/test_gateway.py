import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployment.template import Function, Route
from local.api_gateway import gateway
from local.lambda_functions.runtime import Runtime
from tests.local.small_stack import CLOUD, Running, eventually


def seen(response: httpx.Response) -> dict[str, Any]:
    """The event that the handler got."""
    assert response.status_code == 200, response.text
    event: dict[str, Any] = response.json()
    return event


def test_the_event_is_a_proxy_event(cloud: Running) -> None:
    event = seen(cloud.call("GET", "/things?a=1&a=2&b=", headers={"user-agent": "me"}))
    assert event["resource"] == event["path"] == "/things"
    assert event["httpMethod"] == "GET"
    assert event["queryStringParameters"] == {"a": "2", "b": ""}
    assert event["multiValueQueryStringParameters"] == {"a": ["1", "2"], "b": [""]}
    assert event["pathParameters"] is None
    assert (event["body"], event["isBase64Encoded"]) == (None, False)
    context = event["requestContext"]
    assert context["identity"]["sourceIp"] == "127.0.0.1"
    assert context["identity"]["userAgent"] == "me"
    assert context["resourcePath"] == "/things"
    assert context["requestId"]


def test_what_is_absent_is_null(cloud: Running) -> None:
    event = seen(cloud.call("GET", "/things"))
    assert event["queryStringParameters"] is None
    assert event["multiValueQueryStringParameters"] is None


def test_headers_come_single_and_multiple(cloud: Running) -> None:
    headers = [("x-api-key", cloud.stack["api_key"]), ("x-a", "1"), ("x-a", "2")]
    event = seen(cloud.http.get(cloud.stack["api_url"] + "/things", headers=headers))
    assert event["headers"]["x-a"] == "2"
    assert event["multiValueHeaders"]["x-a"] == ["1", "2"]


def test_the_key_id_is_stable_and_not_the_key(cloud: Running) -> None:
    identity = seen(cloud.call("GET", "/things"))["requestContext"]["identity"]
    assert identity["apiKeyId"] == hashlib.sha256(b"local-dev-key").hexdigest()[:10]


@pytest.mark.parametrize(
    ("path", "parameter"),
    [
        ("/things/arn:aws:states:x:execution:Name:id", "arn:aws:states:x:execution:Name:id"),
        ("/things/arn%3Aaws%3Astates", "arn%3Aaws%3Astates"),
        ("/things/a%2Fb", "a%2Fb"),
        ("/things/%C3%BC%20%00", "%C3%BC%20%00"),
        ("/things/a+b", "a+b"),
    ],
)
def test_path_parameters_stay_as_they_were_sent(cloud: Running, path: str, parameter: str) -> None:
    assert seen(cloud.call("GET", path))["pathParameters"] == {"id": parameter}


def test_a_path_may_have_several_parameters(cloud: Running) -> None:
    event = seen(cloud.call("GET", "/things/a/parts/b"))
    assert event["pathParameters"] == {"id": "a", "part": "b"}
    assert event["resource"] == "/things/{id}/parts/{part}"


def test_bodies_are_text_unless_their_type_is_binary(cloud: Running) -> None:
    assert seen(cloud.call("POST", "/things", content="ü"))["body"] == "ü"
    assert seen(cloud.call("POST", "/things", content=b"\xff"))["body"] == "\ufffd"
    binary = {"content-type": "application/octet-stream"}
    event = seen(cloud.call("POST", "/things", content=b"\xff", headers=binary))
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nothing"),
        ("DELETE", "/things"),
        ("HEAD", "/things"),
        ("GET", "/things/"),
        ("GET", "/things/a/parts"),
        ("GET", "/things/a/parts/b/c"),
    ],
)
def test_an_unknown_path_or_method_is_refused_before_the_key_is_looked_at(
    cloud: Running, method: str, path: str
) -> None:
    for key in ("", cloud.stack["api_key"]):
        answer = cloud.call(method, path, headers={"x-api-key": key})
        assert answer.status_code == 403
        assert method == "HEAD" or answer.json() == {"message": "Missing Authentication Token"}
        assert answer.headers["x-request-id"]
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("key", ["", "wrong", "local-dev-key2", "local-dev-ke", "\xff"])
def test_a_wrong_key_is_forbidden(cloud: Running, key: str) -> None:
    headers = {b"x-api-key": key.encode("latin-1")}
    answer = cloud.http.get(cloud.stack["api_url"] + "/things", headers=headers)
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})
    assert answer.headers["x-request-id"]


def test_no_key_is_forbidden(cloud: Running) -> None:
    answer = cloud.http.get(cloud.stack["api_url"] + "/things")
    assert (answer.status_code, answer.json()) == (403, {"message": "Forbidden"})


def test_the_answer_is_mapped(cloud: Running) -> None:
    wanted = {
        "statusCode": "201",
        "headers": {"Content-Type": "text/plain", "x-a": "1", "x-n": 5, "x-b": True},
        "multiValueHeaders": {"X-A": ["2", "3"]},
        "body": "grüße",
    }
    answer = cloud.call("POST", "/answer", json=wanted)
    assert (answer.status_code, answer.content.decode()) == (201, "grüße")
    assert answer.headers["content-type"] == "text/plain"
    assert answer.headers.get_list("x-a") == ["2", "3"]
    assert (answer.headers["x-n"], answer.headers["x-b"]) == ("5", "true")


def test_a_bare_status_is_an_answer(cloud: Running) -> None:
    answer = cloud.call("POST", "/answer", json={"statusCode": 204})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["content-type"] == "application/json"


def test_base64_is_undone_for_who_accepts_binary(cloud: Running) -> None:
    wanted = {"statusCode": 200, "body": "/w==", "isBase64Encoded": True}
    binary = {"accept": "application/octet-stream"}
    assert cloud.call("POST", "/answer", json=wanted, headers=binary).content == b"\xff"
    assert cloud.call("POST", "/answer", json=wanted).content == b"/w=="


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        [],
        "text",
        {},
        {"status": 200},
        {"statusCode": "OK"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": {"a": ["1"]}},
        {"statusCode": 200, "headers": {"a": "1\r\nb: 2"}},
        {"statusCode": 200, "headers": {"a b": "1"}},
    ],
)
def test_a_malformed_answer_is_a_502(cloud: Running, malformed: Any) -> None:  # noqa: ANN401  # JSON
    answer = cloud.call("POST", "/answer", json=malformed)
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})
    assert answer.headers["x-request-id"]


def test_a_function_that_fails_is_a_502_that_says_nothing(cloud: Running) -> None:
    answer = cloud.call("POST", "/answer", content="not json")
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})


def test_a_body_over_ten_megabytes_is_refused(cloud: Running) -> None:
    answer = cloud.call("POST", "/things", content=b"x" * (10 * 2**20 + 1))
    assert (answer.status_code, answer.json()) == (413, {"message": "Request Too Long"})


def test_what_takes_too_long_is_a_504(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The limit is 29 s; here gateway and runtime run in this process, with a shorter one."""
    monkeypatch.syspath_prepend(CLOUD)
    monkeypatch.setattr(gateway, "INTEGRATION_SECONDS", 0.5)
    function = Function("Slow", "arn", "cloud_functions.answer", 20, 128, {})

    async def call() -> httpx.Response:
        runtime = Runtime([function], tmp_path)
        await runtime.warm_up()
        app = gateway.Gateway([Route("POST", "/slow", "Slow")], runtime, "key")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            wanted = {"statusCode": 200, "sleep": 10}
            answer = await client.post("/slow", headers={"x-api-key": "key"}, json=wanted)
        runtime.stop()
        return answer

    answer = asyncio.run(call())
    assert (answer.status_code, answer.json()) == (504, {"message": "Endpoint request timed out"})


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"do": "fail", "message": "no"}, "TooLittle"),
        ({"do": "sleep", "seconds": 30}, "Sandbox.Timedout"),
        ({"do": "die"}, "Runtime.ExitError"),
        ({"do": "count"}, None),
    ],
)
def test_an_execution_ends_with_the_functions_true_error(
    cloud: Running, wanted: dict[str, Any], error: str | None
) -> None:
    body = {"name": wanted["do"], "input": wanted}
    arn = cloud.call("POST", "/executions", json=body).json()["arn"]
    assert arn == f"arn:aws:states:us-east-1:123456789012:execution:Machine:{wanted['do']}"
    states = cloud.client("stepfunctions")
    ended = lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING"  # noqa: E731
    eventually(ended, "the execution's end")
    assert states.describe_execution(executionArn=arn).get("error") == error


def test_starting_the_same_execution_many_times_at_once_starts_it_once(cloud: Running) -> None:
    cloud.plan({"kind": "hold", "where": {"execution": "once"}})
    body = {"name": "once", "input": {"do": "count", "execution": "once"}}
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(cloud.call, "POST", "/executions", json=body) for _ in range(16)]
    cloud.clear_faults()
    assert {call.result().status_code for call in calls} == {201}
    machine = cloud.stack["environment"]["STATE_MACHINE_ARN"]
    listed = cloud.client("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [execution["name"] for execution in listed].count("once") == 1


def test_the_bucket_keeps_what_is_put(cloud: Running) -> None:
    storage, bucket = cloud.client("s3"), cloud.stack["environment"]["S3_BUCKET"]
    storage.put_object(Bucket=bucket, Key="a/b.json", Body=b"{}", ServerSideEncryption="AES256")
    assert storage.get_object(Bucket=bucket, Key="a/b.json")["Body"].read() == b"{}"
