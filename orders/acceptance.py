"""Accepting an order: its execution is started first, and then the order is noted as accepted.

The start is what counts, and it is idempotent: an execution's name is its order's id. The note, a
row of `accepted_orders`, lets everybody else find out that the order was accepted without asking
Step Functions, which is eventually consistent and throttles (docs/contract.md, "POST /orders").

Note and workflow may race, and the note may be lost:

    the workflow is faster        CheckInventory and FailOrder note the order too, in their own
                                  transactions; whoever comes second writes nothing
    the order is settled first    it has a reservation, and so a note (sql/migrations/0007), which
                                  was settled with the order, and stays so
    two calls have one key        one starts the execution; the other, whose request_id differs,
                                  is told that the name is taken, and waits for the first one's
                                  note, to compare the orders
    the note cannot be written    the caller gets the 201 all the same; CheckInventory or
                                  FailOrder writes the note. FailOrder retries for 6 hours on
                                  average; if PostgreSQL is away for longer, scripts/doctor alone
                                  finds the order, as long as the engine knows its execution
                                  (docs/decisions.md, "What no engine knows ...")
    the start's answer is lost    the call is repeated: same name, same input, same execution
"""

from contextlib import suppress

from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception_type,
    retry_if_result,
    stop_after_delay,
    stop_before_delay,
    wait_exponential,
)

from orders import changes, logs
from orders.documents.workflow import AcceptedOrder
from orders.errors import DatabaseUnavailable, IdempotencyKeyReused, OrderError, WorkflowUnavailable
from orders.notes import note
from orders.queries import Sql, transaction
from orders.reservations import belongs_to
from orders.statements import FindRow
from orders.step_functions import find_execution, start

MAX_SECONDS_FOR_NOTE = 8
"""How long a note that cannot be written is tried again: PostgreSQL may be restarting, or have no
connection left."""
MAX_SECONDS_FOR_TRANSACTION = 3
"""How long one attempt takes when PostgreSQL does not answer. It is not tried again then: the
caller waits, and the workflow notes the order as well."""
MAX_SECONDS_FOR_FIRST_NOTE = 2
"""How long a call with a key waits for the note of the call that was first. Step Functions is asked
only if it does not come: it describes 15 executions a second."""


def accept(order: AcceptedOrder, *, may_be_known: bool) -> None:
    """Start the order's execution, once, and note the order as accepted.

    `may_be_known`: the order's id comes from an Idempotency-Key. Keys never expire, but Step
    Functions forgets a name after 90 days, so the notes are asked before anything is started.
    Raises IdempotencyKeyReused, WorkflowUnavailable and DatabaseUnavailable.
    """
    found = _find(order) if may_be_known else None
    if found and found["is_settled"]:
        return
    if start(_as_noted(order, found)) or not may_be_known:  # a drawn id is nobody else's
        if not found:
            changes.accepted(order.order_id)
        _note(order, MAX_SECONDS_FOR_NOTE)
    else:
        _require_same(order)
        _note(order, MAX_SECONDS_FOR_TRANSACTION)


def _as_noted(order: AcceptedOrder, found: FindRow | None) -> AcceptedOrder:
    """The same order with the request_id of the call that was first, so that the input is equal."""
    request = found and found["request"]
    return AcceptedOrder.model_validate_json(request) if request else order


def _require_same(order: AcceptedOrder) -> None:
    """Raise IdempotencyKeyReused unless the execution of this name is that of the same order.

    Only an execution whose order is not noted, even after a while, must be asked for its input.
    """
    if _find_soon(order):
        return
    execution = find_execution(order.order_id)
    if execution is None:  # Step Functions knows the name, and does not show the execution yet
        raise WorkflowUnavailable("ExecutionAlreadyExists")
    if AcceptedOrder.model_validate_json(execution["input"]).digest != order.digest:
        raise IdempotencyKeyReused


def _find_soon(order: AcceptedOrder) -> FindRow | None:
    """The order's note, waited for if it is not there yet; raises as `_find`."""
    attempts = Retrying(
        retry=retry_if_result(lambda found: found is None),
        stop=stop_after_delay(MAX_SECONDS_FOR_FIRST_NOTE),
        wait=wait_exponential(multiplier=0.02, max=0.25),
    )
    with suppress(RetryError):
        return attempts(_find, order)
    return None


def _find(order: AcceptedOrder) -> FindRow | None:
    """The order's note, if there is one; raises IdempotencyKeyReused when it is another order's."""
    with transaction(MAX_SECONDS_FOR_TRANSACTION) as sql:
        found = sql.accepted_orders.find(order_id=order.order_id)
        if found and not _is_noted(sql, order, found):
            raise IdempotencyKeyReused
    return found


def _is_noted(sql: Sql, order: AcceptedOrder, found: FindRow) -> bool:
    """Whether the note is this order's. One without a digest is that of an older reservation."""
    if found["order_digest"] is None:
        return belongs_to(order, sql.reservations.reservation_of(order_id=order.order_id))
    return found["order_digest"] == order.digest


def _note(order: AcceptedOrder, max_seconds: float) -> None:
    too_late = stop_before_delay(max_seconds - MAX_SECONDS_FOR_TRANSACTION)
    attempts = Retrying(
        retry=retry_if_exception_type(DatabaseUnavailable),
        stop=lambda state: too_late(state) or _hangs(state),
        wait=wait_exponential(multiplier=0.05, max=0.5),
        reraise=True,
    )
    try:
        attempts(_write, order)
    except OrderError as error:
        logs.failed(error)
        logs.logger.warning("not noted as accepted")


def _hangs(state: RetryCallState) -> bool:
    """Whether PostgreSQL is silent, rather than refusing: an attempt took long on average."""
    tried = (state.seconds_since_start or 0) - state.idle_for
    return tried / state.attempt_number > MAX_SECONDS_FOR_TRANSACTION / 2


def _write(order: AcceptedOrder) -> None:
    with transaction(MAX_SECONDS_FOR_TRANSACTION) as sql:
        note(sql, order)
