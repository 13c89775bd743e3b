"""What the document shows: examples.json, with the bodies the API was specified by."""

import json
from pathlib import Path
from typing import Any

from orders.errors import InvalidRequest, MoveNotAllowed, OrderError

_SHOWN: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_suffix(".json").read_text())
_SAID = (
    InvalidRequest("Missing required field: customer_id"),
    MoveNotAllowed("delivered", "processing"),
)
"""One of each error whose words depend on the request."""


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


def said(error: type[OrderError]) -> str:
    """What such an error says."""
    return next((str(one) for one in _SAID if type(one) is error), "") or str(error())


def has_one_wording(error: type[OrderError]) -> bool:
    """Whether it says the same every time."""
    return not any(type(one) is error for one in _SAID)
