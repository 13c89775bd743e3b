"""The real machine, broken or changed a little at a time."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, TypeAlias

from workflows.checks.deployment import Deployment, deployed
from workflows.render import rendered
from workflows.rules import findings

Definition: TypeAlias = dict[str, Any]
States: TypeAlias = dict[str, dict[str, Any]]
Change: TypeAlias = Callable[[Definition, States], None]
Test: TypeAlias = Callable[[], None]

REAL: Definition = json.loads(rendered())
"""From its JSON, where nothing is shared: the SDK gives every state the same Retry."""
DEPLOYED = deployed()


def changed(change: Change) -> Definition:
    """A copy of the real machine with the change made to it and its states.

    It has all the time it needs, so that a longer machine breaks no test but test_budget's.
    """
    definition = deepcopy(REAL) | {"TimeoutSeconds": 80_000}
    change(definition, definition["States"])
    return definition


def put_before(target: str, states: States, **more: dict[str, Any]) -> None:
    """One state more, on the way to this one."""
    ((name, state),) = more.items()
    for other in states.values():
        if other.get("Next") == target:
            other["Next"] = name
    way_on = "Default" if state["Type"] == "Choice" else "Next"
    states[name] = {**state, way_on: target}


def refused(*sentences: str, deployment: Deployment = DEPLOYED) -> Callable[[Change], Test]:
    """Make a test of a change: the checks find this, beginning so, and nothing else."""

    def decorate(change: Change) -> Test:
        def test() -> None:
            found = findings(changed(change), deployment)
            assert len(found) == len(sentences), found
            for said, wanted in zip(found, sentences, strict=True):
                assert said.startswith(wanted), said
                assert said.endswith(".")

        return named(test, change)

    return decorate


def accepted(change: Change) -> Test:
    """Make a test of a change: the checks find nothing."""

    def test() -> None:
        assert findings(changed(change), DEPLOYED) == []

    return named(test, change)


def named(test: Test, change: Change) -> Test:
    """The change's name, for pytest, without its parameters, which are no fixtures."""
    test.__name__ = change.__name__
    test.__module__ = change.__module__
    return test
