"""The real machine with one change, which the checks must refuse or accept."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from orders.handlers import TaskSpec
from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment, TaskFunction, deployed
from workflows.checks.graph import forward_path
from workflows.rules.proof import findings
from workflows.rules.saga import ORDER_PROCESSING, Saga

Definition: TypeAlias = dict[str, Any]
States: TypeAlias = dict[str, dict[str, Any]]
Change: TypeAlias = Callable[[Definition, States], None]
Test: TypeAlias = Callable[[], None]

ASL = Path(__file__).parents[2] / "asl" / "order_processing.asl.json"
REAL: Definition = json.loads(ASL.read_text("utf-8"))
"""As it is committed; test_render.py holds that it is what the Python says."""
DEPLOYED = deployed()
FORWARD = forward_path(Machine.model_validate(REAL))
FIRST, LAST = FORWARD[0], FORWARD[-1]


def after(state: str) -> str:
    """The state that follows this one, whatever states the machine has."""
    return str(REAL["States"][state]["Next"])


def spec_of(state: str) -> TaskSpec:
    """What the state's handler declares."""
    spec = DEPLOYED[f"{state}Function"].spec
    assert spec
    return spec


def with_specs(specs: Mapping[str, TaskSpec]) -> Deployment:
    """The real deployment, in which the handlers of these states declare this."""
    return {
        name: task._replace(spec=specs.get(name.removesuffix("Function"), task.spec))
        for name, task in DEPLOYED.items()
    }


def with_function(state: str, task: TaskFunction) -> Deployment:
    """The real deployment, in which the state runs this function."""
    return {**DEPLOYED, f"{state}Function": task}


def changed(change: Change) -> Definition:
    """A copy of the real machine with the change made to it and its states.

    It has all the time it needs, so that a longer machine breaks no tests but test_budget.py.
    """
    definition = deepcopy(REAL) | {"TimeoutSeconds": 80_000}
    change(definition, definition["States"])
    return definition


def assert_sentences(found: list[str], *beginnings: str) -> None:
    """The findings are sentences that begin so, and there are no others."""
    assert len(found) == len(beginnings), found
    for sentence, beginning in zip(found, beginnings, strict=True):
        assert sentence.startswith(beginning), sentence
        assert sentence.endswith(".")


def assert_refused(
    *beginnings: str, deployment: Deployment = DEPLOYED, saga: Saga = ORDER_PROCESSING
) -> None:
    """The real machine has these findings with another deployment or saga."""
    assert_sentences(findings(REAL, deployment, saga), *beginnings)


def refused(*beginnings: str) -> Callable[[Change], Test]:
    """Make a test of a change: the checks have findings that begin so, and no others."""

    def decorate(change: Change) -> Test:
        def test() -> None:
            assert_sentences(findings(changed(change), DEPLOYED), *beginnings)

        return _named(test, change)

    return decorate


def accepted(change: Change) -> Test:
    """Make a test of a change: the checks find nothing."""

    def test() -> None:
        assert findings(changed(change), DEPLOYED) == []

    return _named(test, change)


def _named(test: Test, change: Change) -> Test:
    """The change's name, for pytest, without its parameters, which are no fixtures."""
    test.__name__ = change.__name__
    test.__module__ = change.__module__
    return test
