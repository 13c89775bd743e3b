"""Executions of an eventually consistent engine, as boto3 sees them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from local.unkind.visibility import delay
from tests.local.moto import Moto
from tests.running.waiting import eventually

WAITS = {"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}}


@dataclass(frozen=True)
class Engine:
    """An engine whose executions run until they are stopped; `machine` is their state machine."""

    client: Any
    machine: str

    def arn(self, name: str) -> str:
        return f"{self.machine.replace(':stateMachine:', ':execution:')}:{name}"

    def a_name(self, late: Callable[[float], bool]) -> str:
        """The name of a new execution that is so late."""
        names = iter(lambda: str(uuid4()), None)
        return next(name for name in names if late(delay(self.arn(name))))

    def start(self, name: str, **document: str) -> str:
        """Start an execution; returns its ARN."""
        started = self.client.start_execution(
            stateMachineArn=self.machine, name=name, input=json.dumps(document)
        )
        return str(started["executionArn"])

    def describe(self, name: str) -> dict[str, Any]:
        return dict(self.client.describe_execution(executionArn=self.arn(name)))

    def history(self, name: str) -> dict[str, Any]:
        return dict(self.client.get_execution_history(executionArn=self.arn(name)))

    def names(self, **status: str) -> list[str]:
        listed = self.client.list_executions(stateMachineArn=self.machine, **status)
        return [execution["name"] for execution in listed["executions"]]

    def stop(self, name: str) -> None:
        self.client.stop_execution(executionArn=self.arn(name))

    def until_shown(self, name: str, **status: str) -> None:
        def shown() -> None:
            assert name in self.names(**status)

        eventually(shown)


@pytest.fixture(scope="module")
def engine(unkind_moto: Moto) -> Iterator[Engine]:
    client = unkind_moto.aws("stepfunctions")
    machine = client.create_state_machine(
        name="Waiting", definition=json.dumps(WAITS), roleArn="arn:aws:iam::123456789012:role/any"
    )
    engine = Engine(client, machine["stateMachineArn"])
    yield engine
    for name in engine.names(statusFilter="RUNNING"):
        engine.stop(name)


@pytest.fixture
def late(engine: Engine) -> str:
    """The name of an execution that will be shown half a second after its start, or later."""
    return engine.a_name(lambda seconds: 0.5 < seconds < 0.6)


def error_code(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ClientError) as raised:
        call()
    response = raised.value.response
    return response["ResponseMetadata"]["HTTPStatusCode"], response["Error"]["Code"]


def test_a_new_execution_is_shown_late_by_every_read(engine: Engine, late: str) -> None:
    prompt = engine.a_name(lambda seconds: seconds < 0.01)
    engine.start(late)
    engine.start(prompt)
    assert error_code(lambda: engine.describe(late)) == (400, "ExecutionDoesNotExist")
    assert error_code(lambda: engine.history(late)) == (400, "ExecutionDoesNotExist")
    engine.until_shown(prompt)
    assert late not in engine.names()

    engine.until_shown(late)
    assert engine.describe(late)["status"] == "RUNNING"
    assert engine.history(late)["events"][0]["type"] == "ExecutionStarted"


def test_an_execution_that_is_not_shown_yet_is_known_to_start_and_stop(
    engine: Engine, late: str
) -> None:
    assert engine.start(late, order="A") == engine.start(late, order="A")
    again = error_code(lambda: engine.start(late, order="B"))
    assert again == (400, "ExecutionAlreadyExists")
    engine.stop(late)
    closed = error_code(lambda: engine.start(late, order="A"))
    assert closed == (400, "ExecutionAlreadyExists")
    assert error_code(lambda: engine.describe(late)) == (400, "ExecutionDoesNotExist")


def test_an_execution_that_has_ended_is_shown_as_running_for_a_while(
    engine: Engine, late: str
) -> None:
    engine.start(late)
    engine.until_shown(late)
    engine.stop(late)

    described = engine.describe(late)
    assert (described["status"], described.get("stopDate")) == ("RUNNING", None)
    assert late in engine.names()
    assert late not in engine.names(statusFilter="ABORTED")

    engine.until_shown(late, statusFilter="ABORTED")
    assert engine.describe(late)["status"] == "ABORTED"


def test_an_unknown_execution_stays_unknown(engine: Engine) -> None:
    assert error_code(lambda: engine.describe("nobody")) == (400, "ExecutionDoesNotExist")
