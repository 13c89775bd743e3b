"""Reads a definition into a Machine, or reports in findings why it does not fit."""

import difflib
import json
from collections.abc import Iterator
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from orders.documents.validation import joined
from workflows.checks import asl, refused

MAX_BYTES = 1_048_576
"""The longest definition that Step Functions accepts."""
_TYPES = {model.__name__: model for model in get_args(get_args(asl.State)[0])}
_WHY = {
    "TimeoutSeconds": "without it one lost call keeps the order until the machine's own timeout",
    "Retry": "without it one dropped connection fails the order; RETRY_TRANSIENT is the policy",
    "Payload.$": "without it the task gets no order; $ is the whole payload",
    "OutputPath": "without it the payload is Lambda's whole answer; $.Payload is the result",
    "JitterStrategy": "without it all orders of an outage come back at once; FULL spreads them",
    "MaxDelaySeconds": "without it the delays double for ever",
    "Comment": "it is the state's line in the table of states",
}


def check_length(definition: dict[str, Any]) -> Iterator[str]:
    """Step Functions accepts the definition's length."""
    size = len(json.dumps(definition, indent=2).encode())
    if size > MAX_BYTES:
        yield f"The machine has {size:,} bytes, and may have {MAX_BYTES:,}: split it in two."


def describe(error: ValidationError) -> Iterator[str]:
    """A sentence for each error in a definition."""
    errors = error.errors(include_url=False)
    for each in errors:
        if _follows(each, errors):
            continue
        state, path = _place(each["loc"])
        what = _describe_one(each)
        yield f"{state}: {path} {what}." if path else f"{state} {what}."


def _follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    """Whether the error is only a consequence of another one.

    A list without valid entries is too short, and the parameters of another service are unknown.
    """
    loc = error["loc"]
    other_service = any(e["type"] == "resource" and e["loc"][:-1] == loc[:3] for e in errors)
    inside = any(len(e["loc"]) > len(loc) and e["loc"][: len(loc)] == loc for e in errors)
    return inside or (other_service and "Parameters" in loc)


def _place(loc: tuple[int | str, ...]) -> tuple[str, str]:
    """State and path in it: CheckOut, Retry[0] for `("States", "CheckOut", "Task", "Retry", 0)`."""
    if loc[:1] != ("States",) or len(loc) == 1:
        return "The machine", joined(loc)
    inside = [step for step in loc[2:] if step != "[key]"]
    return str(loc[1]), joined(tuple(inside[1:] if inside and inside[0] in _TYPES else inside))


def _describe_one(error: ErrorDetails) -> str:
    name = str(error["loc"][-1]) if error["loc"] else ""
    match error["type"]:
        case "extra_forbidden":
            return f"is a field that no check understands: {_fix_of_field(error['loc'])}"
        case "missing":
            return f"is missing: {_WHY.get(name, 'add it')}"
        case "union_tag_invalid":
            kind = str(error["ctx"]["tag"])
            fix = refused.TYPES.get(kind, _known_types())
            return f"has the Type {kind}, which no check understands: {fix}"
        case "union_tag_not_found":
            return f"has no Type: {_known_types()}"
        case "string_too_long":
            return f"is a name of more than {asl.MAX_NAME} characters: shorten it"
        case _:
            return error["msg"]


def _known_types() -> str:
    return f"use {' or '.join(_TYPES)}, or model it in workflows/checks/asl.py"


def _fix_of_field(loc: tuple[int | str, ...]) -> str:
    if known := refused.FIELDS.get(str(loc[-1])):
        return known
    model = next((_TYPES[str(step)] for step in loc if step in _TYPES), None)
    fields = {field.alias or "" for field in model.model_fields.values()} if model else set()
    if close := difflib.get_close_matches(str(loc[-1]), fields, n=1, cutoff=0.75):
        return f"{close[0]} is meant"
    return "remove it, or model it in workflows/checks/asl.py"
