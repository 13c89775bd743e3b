"""The reconciler settles what no Catch can see.

An execution that timed out, was aborted by an operator or is gone runs no FailOrder. Its
order stays `pending`, or holds stock without a row, or was accepted and left no trace. This
function, run on a schedule (template.yaml), settles such orders: as failed with their stock
back, or, when only UpdateStatus was missing, as processing. It also makes lost backups anew.

Idempotent, bounded per run, and safe beside running workflows and beside itself: an order is
moved under the lock of its reservation, and only from where its workflow left it.
"""

import argparse
import json
import math
import sys
import time
from collections.abc import Iterator
from itertools import chain
from typing import Any, Literal

from pydantic import Field, ValidationError

from operations import audit
from orders import step_functions
from orders.backups import backup_key, backup_keys, put_backup
from orders.compensation import compensate, complete
from orders.documents.api import OrderDetails
from orders.documents.fields import Document
from orders.documents.workflow import FailingItem, FailingOrder, Failure
from orders.errors import OrderError
from orders.handlers import logger, task
from orders.model import OrderStatus
from orders.queries import transaction
from orders.reservations import belongs_to
from orders.statements import GetOrderRow, WithOrderRow

_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")
_LOST = Failure(Error="WorkflowLost", Cause="settled by the reconciler")


class Reconciliation(audit.Window):
    """What a run is asked to do. Nothing new is begun after `seconds`."""

    at_most: int = Field(default=100, ge=1)
    seconds: float = Field(default=90, gt=0)
    dry_run: bool = False


class Outcome(Document):
    """What became of one order, or would with `dry_run`. `left`: the next run tries again."""

    order_id: str
    outcome: Literal["failed", "finished", "backed up", "left"]
    why: str


class Reconciled(Document):
    """All that a run did."""

    outcomes: tuple[Outcome, ...]


@task(title="Repairs orders whose execution timed out, was aborted or is gone.")
def handler(request: Reconciliation) -> Reconciled:
    """Settle up to `at_most` open orders whose workflow is over; log each, and why.

    Raises DatabaseUnavailable, WorkflowUnavailable and BackupUnavailable when it cannot even
    be told which orders those are; what was done until then is logged.
    """
    return Reconciled(outcomes=tuple(_outcomes(request)))


def _outcomes(request: Reconciliation) -> Iterator[Outcome]:
    began = time.monotonic()
    found = chain(_settlements(request), _backups(request))
    for number, outcome in enumerate(found, start=1):
        logger.info(outcome.outcome, **outcome.model_dump(), dry_run=request.dry_run)
        yield outcome
        if number == request.at_most or time.monotonic() - began > request.seconds:
            return


# Which orders.


def _settlements(request: Reconciliation) -> Iterator[Outcome]:
    for order_id in chain(_open_orders(request), _unheard_of(request)):
        try:
            verdict = _judge(order_id)
            if verdict and (request.dry_run or _settled(*verdict)):
                yield verdict[1]
        except Exception as error:  # noqa: BLE001 - one odd order must not keep the others waiting
            yield _left(order_id, error)


def _open_orders(request: Reconciliation) -> list[str]:
    """Orders that the tables call open, oldest first."""
    with transaction() as sql:
        rows = sql.audit.unsettled(older_than=request.older_than, row_limit=request.at_most)
    return [row["order_id"] for row in rows]


def _unheard_of(request: Reconciliation) -> Iterator[str]:
    """Orders whose execution ended before it left any trace in the tables."""
    for status in _ENDED_BADLY:
        for names in step_functions.execution_names(status, request.since):
            with transaction() as sql:
                unknown = audit.executions_without_rows(sql, names)
            yield from unknown


def _left(order_id: str, error: Exception) -> Outcome:
    logger.exception("left for the next run", order_id=order_id)
    return Outcome(order_id=order_id, outcome="left", why=f"{type(error).__name__}: {error}")


# What is to become of one.


def _judge(order_id: str) -> tuple[FailingOrder, Outcome] | None:
    """What the order is, and what must be done about it.

    None while its workflow runs, and for an execution that is no order's.
    """
    execution = step_functions.find_execution(order_id)
    status = execution["status"] if execution else "gone"
    if status == "RUNNING":
        return None
    document = _document(execution)
    with transaction() as sql:
        reserved = sql.reservations.with_order(order_id=order_id)
        row = sql.orders.get_order(order_id=order_id)
    order = (
        _as_reserved(document, reserved, row) if reserved or row else _order_from_document(document)
    )
    undone = status == "FAILED" or "failure" in document  # so the workflow had decided
    if order is None:
        return None
    if reserved and row and not undone and backup_keys(backup_key(order_id, row["created_at"])):
        why = f"its execution is {status}, and only UpdateStatus was missing"
        return order, Outcome(order_id=order_id, outcome="finished", why=why)
    return order, Outcome(order_id=order_id, outcome="failed", why=f"its execution is {status}")


def _document(execution: dict[str, Any] | None) -> dict[str, Any]:
    """The order as far as the workflow had come with it; empty when nobody knows."""
    if execution is None or not audit.is_an_order(execution):
        return {}
    accepted: dict[str, Any] = json.loads(execution["input"])
    return accepted | step_functions.last_state_input(execution["executionArn"])


def _order_from_document(document: dict[str, Any]) -> FailingOrder | None:
    return FailingOrder.model_validate({**document, "failure": _LOST}) if document else None


def _as_reserved(
    document: dict[str, Any], reserved: list[WithOrderRow], row: GetOrderRow | None
) -> FailingOrder:
    """The order of the tables, with the execution's prices if that is the same one."""
    order = _order_from_document(document)
    if order and belongs_to(order, reserved):
        return order
    known = reserved[0] if reserved or row is None else row
    items = (
        FailingItem(product_id=line["product_id"], quantity=line["quantity"])
        for line in (reserved or (row["items"] if row else ()))
    )
    return FailingOrder(
        order_id=known["order_id"],
        customer_id=known["customer_id"],
        items=tuple(items),
        failure=_LOST,
    )


# Doing it.


def _settled(order: FailingOrder, outcome: Outcome) -> bool:
    """Settle the order, unless somebody moved it meanwhile; tells whether it was done.

    Whether its workflow runs is asked again, under the order's lock: a call with its
    Idempotency-Key may have started it anew, and no task gets past that lock.
    """
    with transaction() as sql:
        sql.reservations.lock(order_id=order.order_id)
        if sql.orders.lock_status(order_id=order.order_id) not in (None, OrderStatus.PENDING):
            return False
        if step_functions.is_running(order.order_id):
            return False
        return (complete if outcome.outcome == "finished" else compensate)(sql, order)


def _backups(request: Reconciliation) -> Iterator[Outcome]:
    with transaction() as sql:
        rows = audit.past_backup(sql, request.since)
    for order_id in audit.without_backup(rows):
        try:
            if request.dry_run or _backed_up(order_id):
                why = "its backup was not there"
                yield Outcome(order_id=order_id, outcome="backed up", why=why)
        except OrderError as error:
            yield _left(order_id, error)


def _backed_up(order_id: str) -> bool:
    with transaction() as sql:
        row = sql.orders.get_order(order_id=order_id)
    if row is None:
        return False
    order = OrderDetails.model_validate(row)
    put_backup(order)
    return True


# The command.


def main() -> int:
    """Run once. Exit status 1 when an order had to be left, 2 when it could not go on."""
    parser = _parser()
    arguments = vars(parser.parse_args())
    logger.setLevel("CRITICAL")  # for whoever watches, what is printed says it
    left = 0
    try:
        request = Reconciliation.model_validate(arguments | {"seconds": math.inf})
        for each in _outcomes(request):
            would = "would be " if request.dry_run else ""
            sys.stdout.write(f"{each.order_id} {would}{each.outcome}: {each.why}\n")
            left += each.outcome == "left"
    except ValidationError as error:
        parser.error(audit.fault_in(error))
    except OrderError as error:
        sys.stderr.write(f"The reconciler cannot go on: {error}\n")
        return 2
    sys.stdout.write("nothing else to settle\n")
    return 1 if left else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/reconcile", description=__doc__)
    add: Any = parser.add_argument
    add("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add("--at-most", type=int, default=100, help="orders a run (100)")
    audit.add_window(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
