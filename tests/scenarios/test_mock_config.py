"""The mocked scenarios, on moto's engine; with `--mocked`, on that of `--step-functions`."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from _pytest.mark.structures import ParameterSet

from deployment.cloudformation import ACCOUNT, REGION
from tests.running.builders import Document
from tests.running.definition import ASL
from tests.running.shop import states_entered
from tests.scenarios import paths
from tests.scenarios.mock_config import TARGET, rendered
from tests.scenarios.scenario import every_scenario

if TYPE_CHECKING:
    from tests.scenarios.mocked import Histories

SCENARIOS = every_scenario()


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
    history, expected = histories[name], SCENARIOS[name].expected

    assert states_entered(history) == list(expected.path)
    assert paths.failures(history) == {
        state: list(errors) for state, errors in expected.failures.items()
    }
    assert history[-1]["type"] == f"Execution{expected.result.status.capitalize()}"
    assert history[-1].get("executionFailedEventDetails", {}).get("error") == expected.error


@pytest.mark.any_mocked_engine
def test_the_mocked_scenarios_take_every_exit_of_the_state_machine(
    histories: "Histories", definition: Document
) -> None:
    walked = {each for history in histories.values() for each in paths.taken(definition, history)}

    assert walked == set(paths.exits_of(definition))
