"""Builders of the documents that tests send: `an_order(a_line(product, 2))`."""

import base64
from contextlib import suppress
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter, ValidationError

Document = dict[str, Any]


def an_id() -> str:
    """An order id that no other test uses."""
    return str(uuid4())


def a_line(product_id: str, quantity: int = 1) -> Document:
    """A line of a new order."""
    return {"product_id": product_id, "quantity": quantity}


def an_order(*lines: Document, customer_id: str = "CUST001") -> Document:
    """A body for POST /orders."""
    return {"customer_id": customer_id, "items": list(lines)}


def in_event(body: str) -> str:
    """A request's body as the event of its function has it: API Gateway passes it as base64."""
    return base64.b64encode(body.encode()).decode()


def a_value(annotation: Any) -> object:  # noqa: ANN401 - whatever a model has
    """A value of the type that is no default of ours; raises NotImplementedError for other types.

    For text, whole numbers, money, times, booleans, lists and enumerations.
    """
    accepted = TypeAdapter(annotation)
    for value in (*accepted.json_schema().get("enum", ()), "a value", 7, True, []):
        with suppress(ValidationError):
            accepted.validate_python(value)
            return value
    raise NotImplementedError(f"a_value in tests/running/builders.py has no {annotation}: add one")
