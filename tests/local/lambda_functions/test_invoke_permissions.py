"""Who may invoke a function; a dry run, which only asks for that, needs no worker."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from deployment.policies import Role, Statement
from local.iam.callers import ADMINISTRATOR, Callers
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import Runtime
from tests.local.in_process import ACT, OTHER

ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
MACHINE = Role("MachineRole", (Statement("Allow", ("lambda:InvokeFunction",), (f"{ARN}Act",)),))
CALLERS = Callers(lambda: {"MachineRole": MACHINE})


@pytest.mark.parametrize(
    ("role", "function", "status"),
    [
        ("MachineRole", "Act", 204),
        ("MachineRole", f"{ARN}Act", 204),
        ("MachineRole", "Other", 403),
        ("MachineRole", "Act:1", 403),
        ("MachineRole", f"{ARN}Act:1", 403),
        ("GhostRole", "Act", 403),
        ("", "Act", 403),
        (ADMINISTRATOR, "Other", 204),
    ],
)
def test_a_function_is_invoked_only_if_the_callers_role_allows_it(
    tmp_path: Path, role: str, function: str, status: int
) -> None:
    api = InvokeApi(Runtime([ACT, OTHER], tmp_path), with_faults=False, callers=CALLERS)
    url = f"/2015-03-31/functions/{function}/invocations"
    signed = {"authorization": f"AWS4-HMAC-SHA256 Credential={role}/20261124/us-east-1/lambda"}

    answer = TestClient(api.app).post(url, headers=signed | {"x-amz-invocation-type": "DryRun"})

    assert answer.status_code == status
    if status == 403:
        assert answer.headers["x-amzn-errortype"] == "AWSLambdaException"
        assert "is not authorized to perform: lambda:InvokeFunction" in answer.json()["message"]
