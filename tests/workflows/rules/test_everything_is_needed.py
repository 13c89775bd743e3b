"""Everything that the real machine has is needed: without it, or led elsewhere, it is refused."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from tests.workflows.machines import DEPLOYED, FORWARD, REAL
from workflows.rules.proof import findings

Place: TypeAlias = tuple[Any, ...]


def places(part: Any, start: Place = ()) -> Iterator[Place]:  # noqa: ANN401  # any JSON
    """The place of every key and every entry."""
    entries = part.items() if isinstance(part, dict) else enumerate(part)
    for key, value in entries:
        yield (*start, key)
        if isinstance(value, dict | list):
            yield from places(value, (*start, key))


def copy_with_parent(place: Place) -> tuple[Any, Any]:
    """A copy of the real machine, and the part of the copy that holds this place."""
    definition: Any = deepcopy(REAL)
    part = definition
    for key in place[:-1]:
        part = part[key]
    return definition, part


def without(place: Place) -> Any:  # noqa: ANN401  # any JSON
    """The real machine without one thing."""
    definition, part = copy_with_parent(place)
    del part[place[-1]]
    return definition


def is_an_error_again(place: Place) -> bool:
    """Whether it is an error's name in a forward state, all of which have the same retriers."""
    return "ErrorEquals" in place and place[1] in FORWARD[1:] and isinstance(place[-1], int)


def test_nothing_can_be_left_out() -> None:
    needed = [place for place in places(REAL) if not is_an_error_again(place)]

    assert [place for place in needed if not findings(without(place), DEPLOYED)] == []


def test_no_transition_can_lead_elsewhere() -> None:
    for place in places(REAL):
        for target in REAL["States"] if place[-1] == "Next" else ():
            definition, part = copy_with_parent(place)
            if part["Next"] != target:
                part["Next"] = target
                assert findings(definition, DEPLOYED), (place, target)
