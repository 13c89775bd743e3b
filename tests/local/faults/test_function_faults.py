from typing import Any

import pytest
from pydantic import ValidationError

from local.faults.function_faults import FAULTS, Raise


@pytest.mark.parametrize(
    ("event", "matches"),
    [
        ({"order": "A", "size": 2, "more": True}, True),
        ({"order": "A"}, False),
        ({"order": "A", "size": None}, False),
        ({}, False),
        ("A", False),
        (None, False),
    ],
)
def test_a_fault_matches_events_that_have_all_its_fields(event: object, matches: bool) -> None:  # noqa: FBT001
    fault = Raise(kind="raise", where={"order": "A", "size": 2})
    assert fault.matches(event) is matches
    assert Raise(kind="raise").matches(event)


def test_a_missing_field_does_not_match_null() -> None:
    fault = Raise(kind="raise", where={"order": None})
    assert not fault.matches({})
    assert fault.matches({"order": None})


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "flood"},
        {"kind": "raise", "times": 0},
        {"kind": "kill", "often": 1},
        {"kind": "raise", "where": ["order"]},
        {"kind": "raise", "error": "not a name"},
        {"kind": "drop", "when": "after"},
        {"kind": "throttle", "when": "before"},
        {"kind": "invoke_error", "error": "NoSuchException"},
        {"kind": "kill", "for_seconds": 0},
    ],
)
def test_an_unknown_fault_is_refused(fault: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FAULTS.validate_python([fault])
