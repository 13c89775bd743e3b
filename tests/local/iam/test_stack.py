"""A stack with --unkind: functions and the state machine may do what the template grants."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from tests.local.small_stack import CLOUD, Running, running

pytestmark = pytest.mark.usefixtures("starts_a_stack")


@pytest.fixture(scope="module")
def unkind() -> Iterator[Running]:
    with TemporaryDirectory() as folder, running(Path(folder), "--unkind") as stack:
        yield stack


@pytest.fixture
def without(unkind: Running, tmp_path: Path) -> Iterator[Running]:
    """The stack while a release is deployed that lacks every permission."""
    release = tmp_path / "release"
    shutil.copytree(CLOUD, release)
    template = release / "template.yaml"
    template.write_text(template.read_text().replace("Effect: Allow", "Effect: Deny"))
    (release / "operations").mkdir()
    (release / "operations" / "migrations.py").touch()
    deploy(unkind, release)
    yield unkind
    shutil.copy(CLOUD / "template.yaml", template)
    deploy(unkind, release)


def deploy(stack: Running, release: Path) -> None:
    headers = {"x-api-key": stack.stack["api_key"]}
    url = f"{stack.stack['lambda_url']}/releases"
    stack.control.post(url, json={"folder": str(release)}, headers=headers).raise_for_status()


def test_what_is_granted_suffices(unkind: Running) -> None:
    assert unkind.execution(str(uuid4()), {"do": "count"})["status"] == "SUCCEEDED"


def test_a_function_may_not_do_what_its_role_does_not_allow(without: Running) -> None:
    body = {"name": str(uuid4()), "input": {"do": "count"}}

    assert without.call("POST", "/executions", json=body).status_code == 502

    log = (without.data / "logs" / "StartFunction.log").read_text()
    assert (
        "User: arn:aws:sts::123456789012:assumed-role/StartFunctionRole/local is not authorized to "
        "perform: states:StartExecution on resource: "
        "arn:aws:states:us-east-1:123456789012:stateMachine:Machine with an explicit deny"
    ) in log


def test_the_engine_may_not_invoke_what_the_machines_role_does_not_allow(without: Running) -> None:
    machine = without.stack["environment"]["STATE_MACHINE_ARN"]
    start = without.aws("stepfunctions").start_execution
    arn = start(stateMachineArn=machine, name=str(uuid4()), input="{}")["executionArn"]

    ended = without.ended(arn)

    assert (ended["status"], ended["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    assert "assumed-role/MachineRole/local is not authorized to perform" in ended["cause"]
