"""The mocked scenarios, on moto's engine and on a second one (second_engine.py).

With `--mocked` they run on the engine of `--step-functions` alone.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest.mark.structures import ParameterSet

from deployment.cloudformation import ACCOUNT, REGION
from tests.running.builders import Document
from tests.running.definition import ASL
from tests.running.shop import states_entered
from tests.scenarios import paths, second_engine
from tests.scenarios.mock_config import TARGET, rendered
from tests.scenarios.mock_format import MockConfig
from tests.scenarios.scenario import every_scenario

if TYPE_CHECKING:
    from tests.scenarios.mocked import Histories

SCENARIOS = every_scenario()
CASES = second_engine.cases_of(MockConfig.model_validate_json(TARGET.read_bytes()))


@pytest.fixture(scope="module")
def definition() -> Document:
    """The state machine. Back-offs do not grow, because nothing has to recover."""
    text = ASL.read_text("utf-8").replace('"BackoffRate": 2.0', '"BackoffRate": 1.0')
    arn = rf"arn:aws:lambda:{REGION}:{ACCOUNT}:function:\1"
    return dict(json.loads(re.sub(r"\$\{(\w+)\}", arn, text)))


@pytest.fixture(scope="module")
def histories(
    definition: Document, request: pytest.FixtureRequest, starts_a_stack: None
) -> "Histories":
    """The history of each case; all run at the same time.

    moto's engine takes a second to import, which tests that do not run it are spared.
    """
    from tests.scenarios import mocked  # noqa: PLC0415

    if url := request.config.getoption("--step-functions"):
        return mocked.on(url, definition, SCENARIOS)
    return mocked.on_moto(definition, SCENARIOS)


@pytest.fixture(scope="module")
def second_histories(definition: Document, starts_a_stack: None) -> "Histories":
    """The history of each case on the second engine."""
    return second_engine.mocked(definition, CASES)


def cases() -> Iterator[ParameterSet]:
    """The scenarios; moto cannot run one of them (docs/engines.md)."""
    not_on_moto = pytest.mark.xfail(
        "not config.getoption('--step-functions')",
        reason="moto takes a mocked States.Timeout for an error of ours",
    )
    for name, scenario in SCENARIOS.items():
        errors = [error for listed in scenario.expected.failures.values() for error in listed]
        yield pytest.param(name, marks=[not_on_moto] if "States.Timeout" in errors else [])


def test_the_committed_file_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit"


@pytest.mark.any_mocked_engine
@pytest.mark.parametrize("name", list(cases()))
def test_a_mocked_scenario_takes_the_path_of_the_real_one(
    histories: "Histories", name: str
) -> None:
    assert_as_expected(histories[name], name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_mocked_scenario_takes_its_path_on_the_second_engine_too(
    second_histories: "Histories", name: str
) -> None:
    assert_as_expected(second_histories[name], name)


def assert_as_expected(history: list[Document], name: str) -> None:
    expected = SCENARIOS[name].expected

    assert states_entered(history) == list(expected.path)
    assert paths.failures(history) == {
        state: list(errors) for state, errors in expected.failures.items()
    }
    assert history[-1]["type"] == f"Execution{expected.result.status.capitalize()}"
    assert documents(history) == list(handed_on(CASES[name], expected.path))


def documents(history: list[Document]) -> list[Document]:
    """The input of each state, and at last the execution's output, or its error and cause."""
    entered = [event.get("stateEnteredEventDetails") for event in history]
    inputs = [{details["name"]: json.loads(details["input"])} for details in entered if details]
    if ended := history[-1].get("executionSucceededEventDetails"):
        return [*inputs, json.loads(ended["output"])]
    return [*inputs, history[-1]["executionFailedEventDetails"]]


def handed_on(mocks: Document, path: Iterable[str]) -> Iterator[Document]:
    """The same as the mocks have it: a state hands on its payload, or its input and its failure."""
    document: Document = {}
    for state in path:
        yield {state: document}
        *_, last = mocks.get(state, {"no task": {"Return": {"Payload": document}}}).values()
        returned = last.get("Return")
        document = returned["Payload"] if returned else document | {"failure": last["Throw"]}
    failure = document.get("failure")
    yield {"error": failure["Error"], "cause": failure["Cause"]} if failure else document


@pytest.mark.any_mocked_engine
def test_the_mocked_scenarios_take_every_exit_of_the_state_machine(
    histories: "Histories", definition: Document
) -> None:
    walked = {each for history in histories.values() for each in paths.taken(definition, history)}

    assert walked == set(paths.exits_of(definition))


def test_the_mocked_scenarios_take_every_exit_on_the_second_engine_too(
    second_histories: "Histories", definition: Document
) -> None:
    histories = second_histories.values()
    walked = {each for history in histories for each in paths.taken(definition, history)}

    assert walked == set(paths.exits_of(definition))
