"""What is logged and counted when an order has changed: one audit line, and its metrics.

All of it is called after the commit. If the process ends between the two, or the answer to the
COMMIT is lost, the line is missing although the order has changed; it is never there for a change
that did not happen.
"""

from typing import NamedTuple

from orders.documents.workflow import FailingOrder
from orders.errors import OrderRefused
from orders.logs import audit
from orders.metrics import count, measure
from orders.model import OrderStatus

NONE, ACCEPTED, DELETED = "none", "accepted", "deleted"
"""What an order is before it is accepted, before it is stored, and once it is deleted."""
_REFUSALS = {each.__name__ for each in OrderRefused.__subclasses__()}


class Compensated(NamedTuple):
    """What a compensation did: the order's status before it, and whether it gave stock back."""

    before: str
    gave_stock_back: bool


def accepted(order_id: str) -> None:
    """POST started the order's execution."""
    audit(order_id, NONE, ACCEPTED)
    count("OrdersAccepted")


def stored(order_id: str) -> None:
    """The order has its row."""
    audit(order_id, ACCEPTED, OrderStatus.PENDING)


def processed(order_id: str, seconds: float | None) -> None:
    """The order is `processing`, so many seconds after it was accepted (None: nobody knows)."""
    audit(order_id, OrderStatus.PENDING, OrderStatus.PROCESSING)
    count("OrdersProcessed")
    if seconds is not None:
        measure("TimeToProcessing", seconds * 1000)


def compensated(order: FailingOrder, done: Compensated) -> None:
    """The order is `failed`, and has given its stock back if it held any."""
    audit(order.order_id, done.before, OrderStatus.FAILED)
    error = order.failure.Error
    if error in _REFUSALS:
        count("OrdersRefused", reason=error)
    else:
        count("OrdersFailed", error=error)
    if done.gave_stock_back:
        count("OrdersCompensated")


def moved(order_id: str, before: str, after: str) -> None:
    """The API's caller moved the order to another status."""
    audit(order_id, before, after)


def deleted(order_id: str, before: str) -> None:
    """The API's caller deleted the order."""
    audit(order_id, before, DELETED)
