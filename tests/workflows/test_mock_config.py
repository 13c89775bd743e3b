"""The mocked scenarios, on moto's engine, which knows Step Functions Local's mock format.

moto reads the format but lets nobody hand it a file, so the test does: an execution runs the
case that it is named after. Back-offs do not grow here, as nothing has to recover.
"""

import json
from collections.abc import Iterator
from typing import Any

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


class MockedWorker(ExecutionWorker):
    """Runs the case that the execution is named after."""

    def __init__(self, evaluation_details: Any, **given: Any) -> None:  # noqa: ANN401 - moto's own
        case = moto_mocking._mock_test_case_from_raw(  # noqa: SLF001 - its one way in is closed
            MACHINE, evaluation_details.execution_details.name, CONFIG
        )
        super().__init__(evaluation_details, **given, mock_test_case=case)


def test_the_committed_file_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit"


@pytest.fixture(scope="module")
def definition() -> Document:
    """The state machine, in no hurry but with back-offs of a second at most."""
    text = ASL.read_text("utf-8").replace('"BackoffRate": 2.0', '"BackoffRate": 1.0')
    return dict(json.loads(text))


@pytest.fixture(scope="module")
def histories(definition: Document) -> Iterator[dict[str, list[Document]]]:
    """What happened in each case, all run at once."""
    running: Any = {"stepfunctions": {"execute_state_machine": True}}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config=running):
        patch.setattr(execution, "ExecutionWorker", MockedWorker)
        engine = boto3.client("stepfunctions", region_name="us-east-1")
        machine = engine.create_state_machine(
            name=MACHINE, definition=json.dumps(definition), roleArn=ROLE
        )
        arns = {
            case: engine.start_execution(stateMachineArn=machine["stateMachineArn"], name=case)
            for case in SCENARIOS
        }
        yield {case: ended(engine, begun["executionArn"]) for case, begun in arns.items()}


def ended(engine: Any, arn: str) -> list[Document]:  # noqa: ANN401 - boto3 makes its clients
    """The history of an execution that is over."""

    def over() -> list[Document]:
        assert engine.describe_execution(executionArn=arn)["status"] != "RUNNING"
        return list(engine.get_execution_history(executionArn=arn)["events"])

    return eventually(over)


def cases() -> Iterator[ParameterSet]:
    """The scenarios, with the one that moto cannot run; docs/engines.md."""
    unlike = pytest.mark.xfail(reason="moto takes a mocked States.Timeout for an error of ours")
    for name, scenario in SCENARIOS.items():
        errors = [error for told in scenario.expected.failures.values() for error in told]
        yield pytest.param(name, marks=[unlike] if "States.Timeout" in errors else [])


@pytest.mark.parametrize("name", cases())
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


def test_the_mocked_scenarios_take_every_way_through_the_state_machine(
    histories: dict[str, list[Document]], definition: Document
) -> None:
    walked = {edge for told in histories.values() for edge in edges.taken(definition, told)}

    assert walked == set(edges.edges_of(definition))
