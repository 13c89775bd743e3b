"""From a definition to a Machine, or to sentences that say why it is none."""

import difflib
import json
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from workflows.checks import asl

MOST_BYTES = 1_048_576
"""Of a definition; Step Functions refuses more."""
_KINDS = {kind.__name__: kind for kind in get_args(get_args(asl.State)[0])}
_KNOWN_KINDS = f"use one of {', '.join(_KINDS)}, or teach workflows/checks/asl.py"
_WHY = {
    "TimeoutSeconds": "without it one lost call keeps the order until the machine's own timeout",
    "Retry": "without it one dropped connection fails the order; RETRY_TRANSIENT is the policy",
    "Default": "nothing catches a Choice that nothing matches",
    "Payload.$": "without it the task gets no order; $ is the whole document",
    "JitterStrategy": "without it all orders of an outage come back at once; FULL",
    "MaxDelaySeconds": "without it the waits double for ever",
    "Comment": "it is the state's line in the table of states",
}


def too_long(definition: dict[str, Any]) -> Iterator[str]:
    """A definition that Step Functions would not take."""
    size = len(json.dumps(definition, indent=2).encode())
    if size > MOST_BYTES:
        yield f"The machine has {size:,} bytes, and may have {MOST_BYTES:,}: split it in two."


def misread(error: ValidationError) -> Iterator[str]:
    """A sentence for every fault."""
    for fault in error.errors(include_url=False):
        where, path = _place(fault["loc"])
        what = _wrong(fault)
        yield f"{where}: {path} {what}." if path else f"{where} {what}."


def _place(loc: tuple[int | str, ...]) -> tuple[str, str]:
    """`("States", "CheckOut", "Task", "Retry", 0)` is CheckOut, and Retry[0] in it."""
    if loc[:1] != ("States",) or len(loc) == 1:
        return "The machine", _joined(loc)
    inside = [step for step in loc[2:] if step != "[key]"]
    return str(loc[1]), _joined(tuple(inside[1:] if inside and inside[0] in _KINDS else inside))


def _joined(loc: tuple[int | str, ...]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in loc)
    return "".join(steps).removeprefix(".")


def _wrong(fault: ErrorDetails) -> str:
    name = str(fault["loc"][-1]) if fault["loc"] else ""
    match fault["type"]:
        case "extra_forbidden":
            return f"is a field that the checks do not know: {_meant(fault['loc'])}"
        case "missing":
            return f"is missing: {_WHY.get(name, 'add it')}"
        case "union_tag_invalid" | "union_tag_not_found":
            return f"has no Type that the checks know: {_KNOWN_KINDS}"
        case "string_too_long":
            return f"is a name of more than {asl.LONGEST_NAME} characters: shorten it"
        case _:
            return fault["msg"]


def _meant(loc: tuple[int | str, ...]) -> str:
    kind = next((_KINDS[str(step)] for step in loc if step in _KINDS), None)
    fields = {field.alias or "" for field in kind.model_fields.values()} if kind else set()
    if close := difflib.get_close_matches(str(loc[-1]), fields, n=1, cutoff=0.75):
        return f"{close[0]} is meant"
    return "take it out, or teach workflows/checks/asl.py what it does"
