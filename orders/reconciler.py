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
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any, Literal

from pydantic import Field, ValidationError

from orders import audit, aws
from orders.contracts import Document, FailingItem, FailingOrder, Failure, OrderDetails, as_json
from orders.entry import logger, task
from orders.errors import OrderError
from orders.holding import is_of
from orders.model import OrderStatus, backup_key
from orders.queries import Row, transaction
from orders.settling import fail, finish

_ENDED_BADLY = ("FAILED", "TIMED_OUT", "ABORTED")
_MOST_LISTED = 1000
"""Executions looked at per status and run: what ended longer ago, earlier runs looked at."""


_LOST = Failure(Error="WorkflowLost", Cause="settled by the reconciler")


class Reconciliation(Document):
    """What a run is asked to do.

    Open orders younger than `older_than` seconds are left alone: DescribeExecution is
    eventually consistent, and may not know an execution that just began. `hours`: how far
    back ended executions and backups are looked at.
    """

    older_than: float = Field(default=60, ge=0)
    at_most: int = Field(default=100, ge=1)
    hours: float = Field(default=24, gt=0)
    dry_run: bool = False


class Outcome(Document):
    """What became of one order, or would with `dry_run`. `left`: the next run tries again."""

    order_id: str
    outcome: Literal["failed", "finished", "backed up", "left"]
    why: str


class Reconciled(Document):
    """All that a run did."""

    outcomes: tuple[Outcome, ...]


@task
def handler(request: Reconciliation) -> Reconciled:
    """Settle up to `at_most` open orders whose workflow is over; log what and why.

    Raises DatabaseUnavailable, WorkflowUnavailable and BackupUnavailable when it cannot even
    be told which orders those are.
    """
    outcomes = []
    for outcome in (*_settlements(request), *_backups(request)):
        logger.info(outcome.outcome, **outcome.model_dump(), dry_run=request.dry_run)
        outcomes.append(outcome)
    return Reconciled(outcomes=tuple(outcomes))


# Which orders.


def _settlements(request: Reconciliation) -> Iterator[Outcome]:
    for order_id in _open_orders(request):
        try:
            outcome = _judge(order_id)
            if outcome and (request.dry_run or _settled(*outcome)):
                yield outcome[1]
        except (OrderError, ValidationError) as error:
            logger.exception("left for the next run", order_id=order_id)
            yield Outcome(order_id=order_id, outcome="left", why=type(error).__name__)


def _open_orders(request: Reconciliation) -> list[str]:
    """Orders that the tables call open, oldest first; then those they have never heard of."""
    since = audit.window(request.hours)
    ended = [
        name
        for status in _ENDED_BADLY
        for name in islice(aws.executions(status, since), _MOST_LISTED)
    ]
    with transaction() as sql:
        rows = sql.audit.unsettled(older_than=request.older_than, row_limit=request.at_most)
        unknown = audit.unheard_of(sql, ended)
    return [*(row["order_id"] for row in rows), *unknown][: request.at_most]


# What is to become of one.


def _judge(order_id: str) -> tuple[FailingOrder, Outcome] | None:
    """What the order is, and what must be done about it; None while its workflow runs."""
    execution = aws.find_execution(order_id)
    status = execution["status"] if execution else "gone"
    if status == "RUNNING":
        return None
    document = _document(execution)
    with transaction() as sql:
        reserved = sql.reservations.with_order(order_id=order_id)
        row = sql.orders.get_order(order_id=order_id)
    order = _order(order_id, document, reserved, row)
    undone = status == "FAILED" or "failure" in document  # so the workflow had decided
    if reserved and row and not undone and aws.backups(backup_key(order_id, row["created_at"])):
        why = f"its execution is {status}, and only UpdateStatus was missing"
        return order, Outcome(order_id=order_id, outcome="finished", why=why)
    return order, Outcome(order_id=order_id, outcome="failed", why=f"its execution is {status}")


def _document(execution: dict[str, Any] | None) -> dict[str, Any]:
    """The order as far as the workflow had come with it; empty when nobody knows."""
    if execution is None:
        return {}
    return aws.last_document(execution["executionArn"]) or dict(json.loads(execution["input"]))


def _order(
    order_id: str, document: dict[str, Any], reserved: list[Row], row: Row | None
) -> FailingOrder:
    """The execution's order, with its prices, unless the tables know another under this id.

    Raises ValidationError when neither knows one: somebody else's execution.
    """
    known = reserved[0] if reserved else row
    if known is None:
        return FailingOrder.model_validate(document | {"order_id": order_id, "failure": _LOST})
    told = _told(document)
    if told and is_of(told, reserved):
        return told
    return FailingOrder(
        order_id=order_id,
        customer_id=known["customer_id"],
        items=tuple(
            FailingItem(product_id=line["product_id"], quantity=line["quantity"])
            for line in reserved or known["items"]
        ),
        failure=_LOST,
    )


def _told(document: dict[str, Any]) -> FailingOrder | None:
    try:
        return FailingOrder.model_validate(document | {"failure": _LOST})
    except ValidationError:
        return None


# Doing it.


def _settled(order: FailingOrder, outcome: Outcome) -> bool:
    """Settle the order, unless somebody moved it meanwhile; tells whether it was done."""
    with transaction() as sql:
        sql.reservations.lock(order_id=order.order_id)
        if sql.orders.lock_status(order_id=order.order_id) not in (None, OrderStatus.PENDING):
            return False
        return (finish if outcome.outcome == "finished" else fail)(sql, order)


def _backups(request: Reconciliation) -> Iterator[Outcome]:
    with transaction() as sql:
        rows = audit.past_backup(sql, audit.window(request.hours))
    for order_id in audit.without_backup(rows)[: request.at_most]:
        if request.dry_run or _backed_up(order_id):
            yield Outcome(order_id=order_id, outcome="backed up", why="its backup was not there")


def _backed_up(order_id: str) -> bool:
    with transaction() as sql:
        row = sql.orders.get_order(order_id=order_id)
    if row is None:
        return False
    order = OrderDetails.model_validate(row)
    aws.put_backup(backup_key(order_id, order.created_at), as_json(order))
    return True


# The command.


def main() -> int:
    """Run once. Exit status 1 when an order had to be left, 2 when nothing could be told."""
    arguments = vars(_parser().parse_args())
    logger.setLevel("CRITICAL")  # for whoever watches, what is printed says it
    try:
        request = Reconciliation.model_validate(arguments)
        outcomes = handler.__wrapped__(request).outcomes  # type: ignore[attr-defined]
    except (OrderError, ValidationError) as error:
        sys.stderr.write(f"The reconciler cannot work: {error}\n")
        return 2
    would = "would be " if request.dry_run else ""
    lines = [f"{each.order_id} {would}{each.outcome}: {each.why}\n" for each in outcomes]
    sys.stdout.write("".join(lines) or "nothing to settle\n")
    return 1 if any(each.outcome == "left" for each in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/reconcile", description=__doc__)
    add: Any = parser.add_argument
    add("--dry-run", action="store_true", help="say what would be done, and do nothing")
    add("--older-than", type=float, default=60, help="leave younger open orders, seconds (60)")
    add("--at-most", type=int, default=100, help="orders a run (100)")
    add("--hours", type=float, default=24, help="how far back executions and backups count (24)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
