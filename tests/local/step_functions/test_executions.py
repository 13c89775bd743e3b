"""Executions, as the engine runs them with the functions of a stack."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.local.small_stack import Running
from tests.running.waiting import eventually


@pytest.mark.parametrize(
    ("event", "error"),
    [
        ({"do": "fail", "message": "no"}, "TooLittle"),
        ({"do": "sleep", "seconds": 30}, "Sandbox.Timedout"),
        ({"do": "die"}, "Runtime.ExitError"),
        ({"do": "count"}, None),
    ],
)
def test_an_execution_ends_with_the_functions_own_error(
    cloud: Running, event: dict[str, Any], error: str | None
) -> None:
    ended = cloud.execution(event["do"], event)
    arn = f"arn:aws:states:us-east-1:123456789012:execution:Machine:{event['do']}"
    assert (ended["executionArn"], ended.get("error")) == (arn, error)


def test_a_throttled_function_has_lambdas_error_name_in_the_execution(cloud: Running) -> None:
    cloud.lambdas.plan({"kind": "throttle"})
    ended = cloud.execution("throttled", {"do": "count"})
    assert ended["error"] == "Lambda.TooManyRequestsException"
    history = cloud.aws("stepfunctions").get_execution_history(executionArn=ended["executionArn"])
    events = history["events"]
    (failed,) = [e["taskFailedEventDetails"] for e in events if e["type"] == "TaskFailed"]
    assert failed["error"] == "Lambda.TooManyRequestsException"
    assert failed["cause"].startswith("Rate Exceeded. (Service: AWSLambda; Status Code: 429;")


def test_a_function_asleep_has_lambdas_error_name_in_the_execution(cloud: Running) -> None:
    cloud.lambdas.plan({"kind": "invoke_error", "error": "ResourceNotReadyException"})
    ended = cloud.execution("asleep", {"do": "count"})
    assert ended["error"] == "Lambda.ResourceNotReadyException"


def test_an_execution_that_is_started_many_times_at_once_is_started_once(cloud: Running) -> None:
    cloud.lambdas.plan({"kind": "hold", "where": {"execution": "once"}})
    body = {"name": "once", "input": {"do": "count", "execution": "once"}}
    with ThreadPoolExecutor(8) as threads:
        calls = [threads.submit(cloud.call, "POST", "/executions", json=body) for _ in range(16)]
    cloud.lambdas.clear_faults()
    assert {call.result().status_code for call in calls} == {201}
    machine = cloud.stack["environment"]["STATE_MACHINE_ARN"]
    listed = cloud.aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert [execution["name"] for execution in listed].count("once") == 1


def test_an_abort_is_the_last_event_at_once_and_for_good(cloud: Running) -> None:
    cloud.lambdas.plan({"kind": "hold", "where": {"execution": "aborted"}})
    body = {"name": "aborted", "input": {"do": "count", "execution": "aborted"}}
    arn = cloud.call("POST", "/executions", json=body).json()["arn"]
    cloud.lambdas.until_held()
    engine = cloud.aws("stepfunctions")

    engine.stop_execution(executionArn=arn)
    at_once = engine.get_execution_history(executionArn=arn)["events"]
    cloud.lambdas.clear_faults()
    eventually(lambda: has_returned(cloud))

    assert at_once[-1]["type"] == "ExecutionAborted"
    assert engine.get_execution_history(executionArn=arn)["events"] == at_once


def has_returned(cloud: Running) -> None:
    """The engine has the answer of the task that was still running, and would record it."""
    returned = cloud.lambdas.http.get(f"{cloud.lambdas.url}/faults").json()["running"]
    assert returned == {}


def test_an_execution_is_reported_as_running_until_it_ends(cloud: Running) -> None:
    def running() -> list[str]:
        answer = cloud.control.get(f"{cloud.stack['aws_url']}/faults").json()
        return [name for name in answer["running"] if name == "held"]

    def ended() -> None:
        assert running() == []

    cloud.lambdas.plan({"kind": "hold", "where": {"execution": "held"}})
    body = {"name": "held", "input": {"do": "count", "execution": "held"}}
    cloud.call("POST", "/executions", json=body)
    cloud.lambdas.until_held()
    assert running() == ["held"]
    cloud.lambdas.clear_faults()
    eventually(ended)
