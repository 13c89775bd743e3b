"""What the document shows: examples.json, with the bodies the API was specified by."""

import json
from pathlib import Path
from typing import Any

from orders.errors import InvalidRequest, MoveNotAllowed, OrderError

_SHOWN: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text())


def request(operation: str) -> Any:  # noqa: ANN401  # any JSON
    """A body that the operation takes."""
    return _SHOWN[operation]["request"]


def answer(operation: str) -> Any:  # noqa: ANN401  # any JSON
    """The operation's answer when all goes well."""
    return _SHOWN[operation]["answer"]


def parameter(operation: str, name: str) -> dict[str, Any]:
    """Values of one parameter, named for OpenAPI."""
    values = _SHOWN[operation]["parameters"][name]
    return {f"{name}{number or ''}": {"value": value} for number, value in enumerate(values)}


def said(operation: str, error: type[OrderError]) -> str:
    """What such an error says to a caller of the operation."""
    if error is InvalidRequest:
        return str(_SHOWN[operation]["fault"])
    return str(MoveNotAllowed("delivered", "processing") if error is MoveNotAllowed else error())


def has_one_wording(error: type[OrderError]) -> bool:
    """Whether it says the same every time."""
    return error not in {InvalidRequest, MoveNotAllowed}
