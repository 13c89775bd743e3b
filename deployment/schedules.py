"""EventBridge's schedules and their rate expressions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployment.errors import InvalidTemplate

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((?P<number>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")


@dataclass(frozen=True)
class Schedule:
    """A schedule of a function: its interval in `seconds` and its event.

    The event is `input` (JSON), or EventBridge's own event if `input` is None.
    """

    function: str
    seconds: float
    input: str | None


def read_schedule(function: str, properties: Mapping[str, Any]) -> Schedule:
    """A function's Schedule event; raises InvalidTemplate."""
    event_input = properties.get("Input")
    _require_json(function, event_input or "{}")
    return Schedule(function, _seconds(properties["Schedule"]), event_input)


def _require_json(function: str, event_input: str) -> None:
    """Fail here and not at each run."""
    try:
        json.loads(event_input)
    except ValueError as error:
        raise InvalidTemplate(f"{function} has a schedule whose Input is no JSON.") from error


def _seconds(expression: str) -> float:
    """`rate(5 minutes)` in seconds; raises InvalidTemplate for any other expression."""
    found = _RATE.fullmatch(expression)
    if found is None:
        message = f"template.yaml has the schedule {expression}; only rate(...) runs locally."
        raise InvalidTemplate(message)
    return float(found["number"]) * _SECONDS[found["unit"]]
