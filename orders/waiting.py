"""Reading your own order: wait for the workflow before saying no.

Between a 201 and the first write the order's row is not there yet (contract, "Reading your
own order"). Whether the execution runs is asked before the row is read: what a finished
execution leaves behind is there to be read.
"""

from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryError, Retrying, retry_if_result, stop_after_delay, wait_exponential

from orders import aws
from orders.contracts import OrderDetails
from orders.errors import OrderNotFound, OrderStillProcessing
from orders.model import OrderStatus
from orders.queries import transaction

ROW_SECONDS = 5
"""How long GET waits for the row."""
END_SECONDS = 10
"""How long PUT and DELETE wait for the workflow's end."""

Found = TypeVar("Found")


def order_when_stored(order_id: str) -> OrderDetails:
    """The order, once its row is there; raises OrderNotFound when none comes."""

    def look() -> OrderDetails | None:
        running = aws.is_running(order_id)
        order = _find(order_id)
        if order is None and not running:
            raise OrderNotFound
        return order

    try:
        return _find(order_id) or _poll(look, ROW_SECONDS)
    except RetryError:
        raise OrderNotFound from None


def until_workflow_ends(order_id: str) -> None:
    """Come back when no running execution stands between the caller and the order.

    Raises OrderStillProcessing when that takes longer than END_SECONDS.
    """

    def look() -> bool | None:
        running = aws.is_running(order_id)
        return True if _has_moved_on(order_id) or not running else None

    try:
        _ = _has_moved_on(order_id) or _poll(look, END_SECONDS)
    except RetryError:
        raise OrderStillProcessing from None


def _poll(look: Callable[[], Found | None], seconds: float) -> Found:
    attempts = Retrying(
        retry=retry_if_result(lambda found: found is None),
        stop=stop_after_delay(seconds),
        wait=wait_exponential(multiplier=0.02, max=0.25),
    )
    return attempts(look)  # type: ignore[return-value]  # None is what the retries are for


def _find(order_id: str) -> OrderDetails | None:
    with transaction() as sql:
        row = sql.orders.get_order(order_id=order_id)
    return None if row is None else OrderDetails.model_validate(row)


def _has_moved_on(order_id: str) -> bool:
    with transaction() as sql:
        status = sql.orders.status_of(order_id=order_id)
    return status not in (None, OrderStatus.PENDING)
