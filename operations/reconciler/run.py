"""One run of the reconciler: finds the orders that may need a repair, and repairs each."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Literal

from pydantic import Field

from operations import audit
from operations.evidence import Evidence
from operations.judgement import BackUp, Compensate, Complete, Repair, judge
from operations.reconciler.reads import evidence_of_open_order, evidence_without_backup
from operations.reconciler.repairs import carry_out
from orders import step_functions
from orders.documents.fields import Document
from orders.handlers import logger
from orders.queries import transaction

_ENDED_WITHOUT_SUCCESS = ("FAILED", "TIMED_OUT", "ABORTED")

OutcomeName = Literal["failed", "finished", "backed up", "left"]
_OUTCOMES: dict[type[Repair], OutcomeName] = {
    Compensate: "failed",
    Complete: "finished",
    BackUp: "backed up",
}


class Reconciliation(audit.Window):
    """What to do in one run.

    The run ends after `at_most` outcomes, and looks at no further order once `seconds` have
    passed. With `dry_run` it reports what it would do, and changes nothing.
    """

    at_most: int = Field(default=100, ge=1)
    seconds: float = Field(default=90, gt=0)
    dry_run: bool = False


class OrderOutcome(Document):
    """What the run did with one order, or would have done without `dry_run`.

    `failed`: compensated; `finished`: completed; `backed up`: its backup was written again;
    `left`: the repair did not succeed, and the next run tries again.
    """

    order_id: str
    outcome: OutcomeName
    why: str


class Reconciled(Document):
    """What one run did, in the order in which it did it."""

    outcomes: tuple[OrderOutcome, ...]


def run(request: Reconciliation) -> Iterator[OrderOutcome]:
    """Repair orders one by one; yields and logs each outcome as soon as it is known.

    Raises DatabaseUnavailable, WorkflowUnavailable and BackupUnavailable when the orders that
    need a repair cannot be found.
    """
    ends, outcomes = time.monotonic() + request.seconds, 0
    for order_id, read_evidence in chain(_open_orders(request), _orders_without_backup(request)):
        outcome = _repair(order_id, read_evidence, dry_run=request.dry_run)
        if outcome:
            logger.info(outcome.outcome, **outcome.model_dump(), dry_run=request.dry_run)
            yield outcome
            outcomes += 1
        if outcomes == request.at_most or time.monotonic() > ends:
            return


# Which orders.

_Candidate = tuple[str, Callable[[str], Evidence]]


def _open_orders(request: Reconciliation) -> Iterator[_Candidate]:
    """Orders that are open in the tables, oldest first; then those that left no trace there."""
    for order_id in chain(_open_in_tables(request), _without_rows(request)):
        yield order_id, evidence_of_open_order


def _open_in_tables(request: Reconciliation) -> list[str]:
    with transaction() as sql:
        rows = sql.audit.open_orders(older_than=request.older_than, row_limit=request.at_most)
    return [row["order_id"] for row in rows]


def _without_rows(request: Reconciliation) -> Iterator[str]:
    """Executions that ended before they wrote anything to the tables."""
    for status in _ENDED_WITHOUT_SUCCESS:
        for names in step_functions.execution_names(status, request.since):
            with transaction() as sql:
                unknown = audit.executions_without_rows(sql, names)
            yield from unknown


def _orders_without_backup(request: Reconciliation) -> Iterator[_Candidate]:
    with transaction() as sql:
        rows = audit.past_backup(sql, request.since)
    for order_id in audit.without_backup(rows):
        yield order_id, evidence_without_backup


# One order.


def _repair(
    order_id: str, read_evidence: Callable[[str], Evidence], *, dry_run: bool
) -> OrderOutcome | None:
    """Judge the order and repair it; None when there was nothing to repair."""
    try:
        repair = judge(read_evidence(order_id))
        if repair is None or not (dry_run or carry_out(repair)):
            return None
    except Exception as error:  # noqa: BLE001 - a failed repair must not keep the others waiting
        logger.exception("left for the next run", order_id=order_id)
        why = f"{type(error).__name__}: {error}"
        return OrderOutcome(order_id=order_id, outcome="left", why=why)
    return OrderOutcome(order_id=order_id, outcome=_OUTCOMES[type(repair)], why=repair.why)
