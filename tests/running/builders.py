"""Builders of the documents that tests send: `an_order(a_line(product, 2))`."""

from typing import Any
from uuid import uuid4

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
