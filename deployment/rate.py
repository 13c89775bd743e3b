"""EventBridge's rate expressions."""

import re

from deployment.errors import InvalidTemplate

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}
_RATE = re.compile(r"rate\((?P<number>[1-9]\d*) (?P<unit>minute|hour|day)s?\)")


def seconds(expression: str) -> float:
    """`rate(5 minutes)` in seconds. Raises InvalidTemplate for anything else."""
    found = _RATE.fullmatch(expression)
    if found is None:
        message = f"template.yaml has the schedule {expression}; only rate(...) runs locally."
        raise InvalidTemplate(message)
    return float(found["number"]) * _SECONDS[found["unit"]]
