"""Read-your-writes: after a 201, wait for the order's workflow before answering.

Between the 201 and PersistOrder the order has no row yet. That it was accepted is known from
`accepted_orders`, so waiting polls PostgreSQL. Only PUT and DELETE ask Step Functions as well,
once, and GET /status, which is about the execution itself (docs/contract.md, "Reading your own
order").
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from tenacity import (
    RetryError,
    Retrying,
    retry_if_exception,
    retry_if_result,
    stop_after_delay,
    wait_chain,
    wait_exponential,
    wait_fixed,
)

from orders import metrics
from orders.documents.api import OrderDetails
from orders.errors import (
    ExecutionNotFound,
    OrderNotFound,
    OrderNotStoredYet,
    OrderStillProcessing,
    WorkflowUnavailable,
)
from orders.queries import transaction
from orders.step_functions import is_running

MAX_SECONDS_FOR_ROW = 5
"""How long GET waits for the order's row."""
MAX_SECONDS_FOR_END = 10
"""How long PUT and DELETE wait until the workflow has ended."""
MAX_SECONDS_FOR_LOOKING = 3
"""How long one look into the tables takes when PostgreSQL does not answer."""
MAX_SECONDS_FOR_CHANGE = 6
"""How long the transaction of PUT and DELETE takes then, after they have waited."""
MAX_SECONDS_UNTIL_SHOWN = 5
"""How long GET /status waits until Step Functions shows the execution."""
SECONDS_BEFORE_ASKING = 2
"""After this wait PUT and DELETE ask Step Functions, once, whether the order's execution is over.
Most orders are settled by then, and Step Functions shows the executions of the others."""

Found = TypeVar("Found")


def order_when_stored(order_id: str) -> OrderDetails:
    """The order, as soon as it is stored.

    Raises OrderNotFound for an order that was not accepted or was deleted, OrderNotStoredYet when
    the row does not come within MAX_SECONDS_FOR_ROW.
    """
    try:
        with metrics.wait():
            return _find(order_id) or _poll(lambda: _find_accepted(order_id), MAX_SECONDS_FOR_ROW)
    except RetryError:
        raise OrderNotStoredYet(order_id) from None


def wait_until_workflow_ends(order_id: str) -> None:
    """Return as soon as the order is neither pending nor waiting to be stored.

    An order whose execution is over is not waited for: only the reconciler goes on with it. If it
    is stored, it may be changed before that. An execution that is not shown counts as over unless
    the order is young (`is_young` of sql/queries). Raises OrderStillProcessing when the order is
    not stored then, and when it is still in progress after MAX_SECONDS_FOR_END.
    """
    with metrics.wait():
        _wait_until_workflow_ends(order_id)


def _wait_until_workflow_ends(order_id: str) -> None:
    ends = time.monotonic() + MAX_SECONDS_FOR_END
    if _ends_within(SECONDS_BEFORE_ASKING, order_id):
        return
    if _is_over(order_id):  # which may take seconds, when Step Functions does not answer
        _require_stored(order_id)
    elif not _ends_within(ends - time.monotonic(), order_id):
        raise OrderStillProcessing


def when_shown(order_id: str, look: Callable[[], Found]) -> Found:
    """What `look` returns, as soon as Step Functions shows the order's execution.

    While `look` raises ExecutionNotFound it is called again after 1, 3 and 5 s, if the order is
    open or young: Step Functions may not show such an execution yet. Raises what `look` raises.
    """

    def not_shown_yet(error: BaseException) -> bool:
        return isinstance(error, ExecutionNotFound) and _may_be_hidden(order_id)

    attempts = Retrying(
        retry=retry_if_exception(not_shown_yet),
        stop=stop_after_delay(MAX_SECONDS_UNTIL_SHOWN),
        wait=wait_chain(wait_fixed(1), wait_fixed(2)),
        reraise=True,
    )
    with metrics.wait():
        return attempts(look)


def _find(order_id: str) -> OrderDetails | None:
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        row = sql.orders.get_order(order_id=order_id)
    return None if row is None else OrderDetails.model_validate(row)


def _find_accepted(order_id: str) -> OrderDetails | None:
    """The order's row, or None while it can still come.

    The note is read first. If the row were, the order could be stored and settled before the note
    is read, and a stored order would look lost.
    """
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        is_open = sql.accepted_orders.is_open(order_id=order_id)
    order = _find(order_id)
    if order is None and not is_open:
        raise OrderNotFound
    return order


def _ends_within(seconds: float, order_id: str) -> bool:
    with suppress(RetryError):
        return _poll(lambda: _has_ended(order_id), seconds)
    return False


def _has_ended(order_id: str) -> bool | None:
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        return None if sql.accepted_orders.is_in_progress(order_id=order_id) else True


def _is_over(order_id: str) -> bool:
    """Whether the order's execution has ended, or is gone."""
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        is_young = sql.accepted_orders.is_young(order_id=order_id)
    with suppress(WorkflowUnavailable):  # then nobody knows, and the order is waited for
        return not is_running(order_id, if_not_shown=is_young)
    return False


def _require_stored(order_id: str) -> None:
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        if sql.orders.status_of(order_id=order_id) is None:
            raise OrderStillProcessing


def _may_be_hidden(order_id: str) -> bool:
    with transaction(MAX_SECONDS_FOR_LOOKING) as sql:
        known = sql.accepted_orders
        return known.is_open(order_id=order_id) or known.is_young(order_id=order_id)


def _poll(look: Callable[[], Found | None], seconds: float) -> Found:
    attempts = Retrying(
        retry=retry_if_result(lambda found: found is None),
        stop=stop_after_delay(seconds),
        wait=wait_exponential(multiplier=0.02, max=0.25),
    )
    return attempts(look)  # type: ignore[return-value]  # None is retried, never returned
