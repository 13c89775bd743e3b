"""Everything that the real machine says is there for a reason: without it, it is refused."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from tests.workflows.machines import DEPLOYED, REAL
from workflows.rules import findings

Place: TypeAlias = tuple[Any, ...]

ONLY_MORE_PATIENT = [("States", "FailOrder", "Retry", 0)]
"""FailOrder retries States.ALL: its own retrier for throttled calls only makes it more patient."""


def places(part: Any, at: Place = ()) -> Iterator[Place]:  # noqa: ANN401  # any JSON
    """Every key and every entry."""
    inside = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in inside:
        yield (*at, key)
        if isinstance(value, dict | list):
            yield from places(value, (*at, key))


def without(place: Place) -> Any:  # noqa: ANN401  # any JSON
    """The real machine, less one thing."""
    definition = deepcopy(REAL)
    part: Any = definition
    for key in place[:-1]:
        part = part[key]
    del part[place[-1]]
    return definition


def test_nothing_can_be_left_out() -> None:
    idle = [place for place in places(REAL) if not findings(without(place), DEPLOYED)]

    assert idle == ONLY_MORE_PATIENT


def test_no_way_can_lead_elsewhere() -> None:
    states = REAL["States"]
    ways = [place for place in places(states) if place[-1] == "Next"]
    for place in ways:
        for target in states:
            definition = deepcopy(REAL)
            part: Any = definition["States"]
            for key in place[:-1]:
                part = part[key]
            if part["Next"] != target:
                part["Next"] = target
                assert findings(definition, DEPLOYED), (place, target)
