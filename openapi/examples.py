"""Example bodies and values, from examples.json; the bodies are those of docs/contract.md."""

import json
from pathlib import Path
from typing import Any

from orders.errors import InvalidRequest, MoveNotAllowed, OrderError, OrderNotStoredYet

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


def error(operation: str, error: type[OrderError]) -> dict[str, str]:
    """An example of the body that a caller of the operation gets with this error."""
    raised = error(*_arguments(operation).get(error, ()))
    fields = {name: str(getattr(raised, name)) for name in error.http_fields}
    return {"message": str(raised), **fields}


def has_fixed_message(error: type[OrderError]) -> bool:
    """Whether its message is always the same."""
    return error not in {InvalidRequest, MoveNotAllowed}


def _arguments(operation: str) -> dict[type[OrderError], tuple[str, ...]]:
    """What the errors that take arguments are made from."""
    its = _EXAMPLES[operation]
    return {
        InvalidRequest: (its.get("invalid_request", ""),),
        MoveNotAllowed: ("delivered", "processing"),
        OrderNotStoredYet: (its.get("answer", {}).get("order_id", ""),),
    }
