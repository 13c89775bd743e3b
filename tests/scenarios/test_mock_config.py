"""The mocked scenarios, on moto's engine, or with `--mocked` on the one of `--step-functions`."""

import json
import re
from collections.abc import Iterator

import pytest
from _pytest.mark.structures import ParameterSet

from deployment.cloudformation import ACCOUNT, REGION
from tests.running.builders import Document
from tests.running.shop import states_entered
from tests.scenarios import mocked, paths
from tests.scenarios.mock_config import TARGET, rendered
from tests.scenarios.mocked import Histories
from tests.scenarios.scenario import ASL, every_scenario

SCENARIOS = every_scenario()


@pytest.fixture(scope="module")
def definition() -> Document:
    """The state machine; back-offs do not grow, as nothing has to recover."""
    text = ASL.read_text("utf-8").replace('"BackoffRate": 2.0', '"BackoffRate": 1.0')
    arn = rf"arn:aws:lambda:{REGION}:{ACCOUNT}:function:\1"
    return dict(json.loads(re.sub(r"\$\{(\w+)\}", arn, text)))


@pytest.fixture(scope="module")
def histories(definition: Document, request: pytest.FixtureRequest) -> Histories:
    """What happened in each case, all run at once."""
    if url := request.config.getoption("--step-functions"):
        return mocked.on(url, definition, SCENARIOS)
    return mocked.on_moto(definition, SCENARIOS)


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
def test_a_mocked_scenario_takes_the_path_of_the_real_one(histories: Histories, name: str) -> None:
    history, expected = histories[name], SCENARIOS[name].expected

    assert states_entered(history) == list(expected.path)
    assert paths.failures(history) == {
        state: list(errors) for state, errors in expected.failures.items()
    }
    assert history[-1]["type"] == f"Execution{expected.status.capitalize()}"
    assert history[-1].get("executionFailedEventDetails", {}).get("error") == expected.error


@pytest.mark.any_mocked_engine
def test_the_mocked_scenarios_take_every_way_through_the_state_machine(
    histories: Histories, definition: Document
) -> None:
    walked = {edge for told in histories.values() for edge in paths.taken(definition, told)}

    assert walked == set(paths.edges_of(definition))
