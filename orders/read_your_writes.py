"""Read-your-writes: after a 201, wait for the order's workflow before answering.

Between the 201 and PersistOrder the order has no row yet (docs/contract.md, "Reading your own
order"). GET asks whether the execution is running before it reads the row. If it read the row
first, an execution could store the order and end before the question, and a stored order would
look lost.
"""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from orders.documents.api import OrderDetails
from orders.errors import OrderNotFound, OrderStillProcessing
from orders.model import OrderStatus
from orders.queries import transaction
from orders.step_functions import is_running

MAX_SECONDS_FOR_ROW = 5
"""How long GET waits for the order's row."""
MAX_SECONDS_FOR_END = 10
"""How long PUT and DELETE wait until the workflow has ended."""

Found = TypeVar("Found")


def order_when_stored(order_id: str) -> OrderDetails:
    """The order, as soon as it is stored.

    Raises OrderNotFound when no execution is running and no row is there, or when the row does
    not come within MAX_SECONDS_FOR_ROW.
    """

    def look() -> OrderDetails | None:
        running = is_running(order_id)
        order = _find(order_id)
        if order is None and not running:
            raise OrderNotFound
        return order

    try:
        return _find(order_id) or _poll(look, MAX_SECONDS_FOR_ROW)
    except RetryError:
        raise OrderNotFound from None


def wait_until_workflow_ends(order_id: str) -> None:
    """Return as soon as the order is no longer pending, or has no running execution.

    Raises OrderStillProcessing when that takes longer than MAX_SECONDS_FOR_END.
    """

    def look() -> bool | None:
        return True if _left_pending(order_id) or not is_running(order_id) else None

    try:
        _poll(look, MAX_SECONDS_FOR_END)
    except RetryError:
        raise OrderStillProcessing from None


def _poll(look: Callable[[], Found | None], seconds: float) -> Found:
    attempts = Retrying(
        retry=retry_if_result(lambda found: found is None),
        stop=stop_after_delay(seconds),
        wait=wait_exponential(multiplier=0.02, max=0.25),
    )
    return attempts(look)  # type: ignore[return-value]  # None is retried, never returned


def _find(order_id: str) -> OrderDetails | None:
    with transaction() as sql:
        row = sql.orders.get_order(order_id=order_id)
    return None if row is None else OrderDetails.model_validate(row)


def _left_pending(order_id: str) -> bool:
    with transaction() as sql:
        status = sql.orders.status_of(order_id=order_id)
    return status not in (None, OrderStatus.PENDING)
