"""Example bodies and values, from examples.json; the bodies are those of docs/contract.md."""

import json
from pathlib import Path
from typing import Any

from orders.errors import InvalidRequest, MoveNotAllowed, OrderError

_EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_suffix(".json").read_text("utf-8")
)


def request(operation: str) -> Any:  # noqa: ANN401  # any JSON
    """A body that the operation accepts."""
    return _EXAMPLES[operation]["request"]


def answer(operation: str) -> Any:  # noqa: ANN401  # any JSON
    """The body of the operation's successful response."""
    return _EXAMPLES[operation]["answer"]


def parameter(operation: str, name: str) -> dict[str, Any]:
    """Example values of one parameter, each under its own name, as OpenAPI requires."""
    values = _EXAMPLES[operation]["parameters"][name]
    return {f"{name}{number or ''}": {"value": value} for number, value in enumerate(values)}


def message(operation: str, error: type[OrderError]) -> str:
    """An example of the message that a caller of the operation gets with this error."""
    if error is InvalidRequest:
        return str(_EXAMPLES[operation]["invalid_request"])
    return str(MoveNotAllowed("delivered", "processing") if error is MoveNotAllowed else error())


def has_fixed_message(error: type[OrderError]) -> bool:
    """Whether its message is always the same."""
    return error not in {InvalidRequest, MoveNotAllowed}
