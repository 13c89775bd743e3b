"""Who may use the Lambda address; a dry run, which needs no worker, shows who may invoke."""

from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from local.iam import session_token
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.invoke_guard import InvokeGuard
from local.lambda_functions.runtime import Runtime
from tests.local.in_process import ACT, OTHER

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
TOKEN = session_token.new()
RIGHT = {session_token.HEADER: TOKEN}
STRANGERS = [
    {},
    {session_token.HEADER: ""},
    {session_token.HEADER: "another"},
    RIGHT | {"origin": "http://evil.example"},
    RIGHT | {"host": "evil.example:9101"},
]


@pytest.fixture
def api(tmp_path: Path) -> InvokeApi:
    return InvokeApi(Runtime([ACT, OTHER], tmp_path), with_faults=True)


def client(api: InvokeApi, opened: str | None = None) -> httpx.Client:
    """HTTP to the guarded address, at which this function is open to everybody."""
    may_invoke = None if opened is None else lambda arn: arn == opened
    return TestClient(InvokeGuard(api.app, TOKEN, may_invoke), base_url="http://127.0.0.1:9101")


def invoke(http: httpx.Client, function: str, headers: dict[str, str]) -> int:
    path = f"/2015-03-31/functions/{function}/invocations"
    return http.post(path, headers=headers | {"x-amz-invocation-type": "DryRun"}).status_code


@pytest.mark.parametrize("headers", STRANGERS)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/2015-03-31/functions/Act/invocations"),
        ("GET", "/faults"),
        ("PUT", "/faults/Act"),
        ("DELETE", "/faults"),
        ("POST", "/releases"),
        ("GET", "/anything"),
        ("OPTIONS", "/faults"),
    ],
)
def test_strangers_and_pages_are_refused_in_lambdas_words(
    api: InvokeApi, method: str, path: str, headers: dict[str, str]
) -> None:
    answer = client(api).request(method, path, headers=headers)

    assert answer.status_code == 403
    assert answer.headers["x-amzn-errortype"] == "UnrecognizedClientException"
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_whoever_sends_the_token_may_invoke_and_plan_faults(api: InvokeApi) -> None:
    assert invoke(client(api), "Act", RIGHT) == 204
    assert client(api).get("/faults", headers=RIGHT).status_code == 200


def test_another_engine_may_invoke_what_is_open_to_it_and_nothing_else(api: InvokeApi) -> None:
    http = client(api, opened=f"{ARN}Act:1")

    assert invoke(http, f"{ARN}Act:1", {"host": "host.docker.internal:9101"}) == 204
    assert invoke(http, f"{ARN}Act%3A1", {}) == 204
    assert invoke(http, "Act:1", {}) == 204
    assert invoke(http, f"{ARN}Act", {}) == 403
    assert invoke(http, f"{ARN}Other:1", {}) == 403
    assert invoke(http, f"{ARN}Other:1/invocations/../{ARN}Act:1", {}) == 403
    assert invoke(http, "Act:1:function:Other:1", {}) == 403
    assert invoke(http, f"{ARN}Act:1:function:Other", {}) == 403
    assert invoke(http, f"{ARN}Act:1", {"origin": "null"}) == 403
    assert invoke(http, f"{ARN}Act:1", {"host": "evil.example:9101"}) == 403
    assert http.get("/faults").status_code == 403
    assert http.post("/releases").status_code == 403
