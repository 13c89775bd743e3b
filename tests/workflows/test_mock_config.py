"""The mocked scenarios, on moto's engine, or with `--mocked` on the one of `--step-functions`.

moto knows Step Functions Local's mock format but lets nobody hand it a file, so its worker is
told which case to run: the one that the execution is named after.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3
import pytest
from _pytest.mark.structures import ParameterSet
from moto import mock_aws
from moto.stepfunctions.parser.backend import execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.mocking import mock_config as moto_mocking

from tests import edges
from tests.mock_config import MACHINE, TARGET, MockConfig, rendered
from tests.scenario import ASL, every_scenario
from tests.shop import Document, eventually, states_entered

SCENARIOS = every_scenario()
CONFIG = MockConfig.model_validate_json(TARGET.read_bytes())
ROLE = "arn:aws:iam::123456789012:role/local"
CLIENT = {
    "region_name": "us-east-1",
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}


def case_of(execution_name: str) -> str:
    """`too-little-stock_5f2c` runs the case too-little-stock."""
    return execution_name.rpartition("_")[0]


class MockedWorker(ExecutionWorker):
    """Runs the case that the execution is named after."""

    def __init__(self, evaluation_details: Any, **given: Any) -> None:  # noqa: ANN401 - moto's own
        case = moto_mocking._mock_test_case_from_raw(  # noqa: SLF001 - its one way in is closed
            MACHINE, case_of(evaluation_details.execution_details.name), CONFIG
        )
        super().__init__(evaluation_details, **given, mock_test_case=case)


@contextmanager
def moto() -> Iterator[Any]:
    """A client of moto's engine, in this process."""
    running: Any = {"stepfunctions": {"execute_state_machine": True}}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config=running):
        patch.setattr(execution, "ExecutionWorker", MockedWorker)
        yield boto3.client("stepfunctions", **CLIENT)


@pytest.fixture(scope="module")
def definition() -> Document:
    """The state machine; back-offs do not grow, as nothing has to recover."""
    text = ASL.read_text("utf-8").replace('"BackoffRate": 2.0', '"BackoffRate": 1.0')
    arn = r"arn:aws:lambda:us-east-1:123456789012:function:\1"
    return dict(json.loads(re.sub(r"\$\{(\w+)\}", arn, text)))


@pytest.fixture(scope="module")
def histories(definition: Document, request: pytest.FixtureRequest) -> dict[str, list[Document]]:
    """What happened in each case, all run at once."""
    if url := request.config.getoption("--step-functions"):
        return run(boto3.client("stepfunctions", endpoint_url=url, **CLIENT), definition, "#{case}")
    with moto() as engine:
        return run(engine, definition, "")


def run(engine: Any, definition: Document, suffix: str) -> dict[str, list[Document]]:  # noqa: ANN401
    """Start every case, and wait for each; the ARN's suffix tells the engine which it is."""
    arn = f"arn:aws:states:us-east-1:123456789012:stateMachine:{MACHINE}"
    try:
        engine.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))
    except engine.exceptions.StateMachineDoesNotExist:
        text = json.dumps(definition)
        engine.create_state_machine(name=MACHINE, definition=text, roleArn=ROLE)
    started = {
        case: engine.start_execution(
            stateMachineArn=arn + suffix.format(case=case), name=f"{case}_{uuid4().hex[:8]}"
        )
        for case in SCENARIOS
    }
    return {case: ended(engine, begun["executionArn"]) for case, begun in started.items()}


def ended(engine: Any, arn: str) -> list[Document]:  # noqa: ANN401 - boto3 makes its clients
    """The history of an execution that is over."""

    def over() -> list[Document]:
        assert engine.describe_execution(executionArn=arn)["status"] != "RUNNING"
        return list(engine.get_execution_history(executionArn=arn)["events"])

    return eventually(over)


def cases() -> Iterator[ParameterSet]:
    """The scenarios, with the one that moto cannot run; docs/engines.md."""
    unlike = pytest.mark.xfail(
        "not config.getoption('--step-functions')",
        reason="moto takes a mocked States.Timeout for an error of ours",
    )
    for name, scenario in SCENARIOS.items():
        errors = [error for told in scenario.expected.failures.values() for error in told]
        yield pytest.param(name, marks=[unlike] if "States.Timeout" in errors else [])


def test_the_committed_file_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit"


@pytest.mark.any_mocked_engine
@pytest.mark.parametrize("name", list(cases()))
def test_a_mocked_scenario_takes_the_path_of_the_real_one(
    histories: dict[str, list[Document]], name: str
) -> None:
    history, expected = histories[name], SCENARIOS[name].expected

    assert states_entered(history) == list(expected.path)
    assert edges.failures(history) == {
        state: list(errors) for state, errors in expected.failures.items()
    }
    assert history[-1]["type"] == f"Execution{expected.status.capitalize()}"
    assert history[-1].get("executionFailedEventDetails", {}).get("error") == expected.error


@pytest.mark.any_mocked_engine
def test_the_mocked_scenarios_take_every_way_through_the_state_machine(
    histories: dict[str, list[Document]], definition: Document
) -> None:
    walked = {edge for told in histories.values() for edge in edges.taken(definition, told)}

    assert walked == set(edges.edges_of(definition))
