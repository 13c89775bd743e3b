"""One run of the reconciler: looks at every open order, and repairs those that need it."""

import time
from collections.abc import Callable, Iterator

from pydantic import Field

from operations.evidence import Evidence
from operations.judgement import judge
from operations.reconciler.outcomes import OrderOutcome, outcome_of
from operations.reconciler.reads import evidence_of_open_order
from operations.reconciler.repairs import carry_out
from orders.documents.fields import Document
from orders.handlers import logger
from orders.queries import transaction

PAGE_SIZE = 100
"""How many open orders are read in one query."""


class Reconciliation(Document):
    """What to do in one run.

    `older_than`: orders that were accepted less than this many seconds ago are skipped, because
    their workflows are likely to be running. The run ends after `at_most` outcomes, and looks at no
    further order once `seconds` have passed. With `dry_run` it reports what it would do, and
    changes nothing.
    """

    older_than: float = Field(default=60, ge=0, le=86_400)
    at_most: int = Field(default=1000, ge=1)
    seconds: float = Field(default=90, gt=0)
    dry_run: bool = False


class Reconciled(Document):
    """What one run did, in the order in which it did it.

    `more`: a limit ended the run before it had looked at every open order.
    """

    outcomes: tuple[OrderOutcome, ...]
    more: bool


def reconcile(
    request: Reconciliation, report: Callable[[OrderOutcome], object] = lambda _: None
) -> Reconciled:
    """Repair open orders one by one; logs and reports each outcome as soon as it is known.

    Raises DatabaseUnavailable when the open orders cannot be listed.
    """
    ends, outcomes = time.monotonic() + request.seconds, list[OrderOutcome]()
    for order_id in _open_orders(request.older_than):
        if len(outcomes) == request.at_most or time.monotonic() > ends:
            return Reconciled(outcomes=tuple(outcomes), more=True)
        if outcome := repair(order_id, evidence_of_open_order, dry_run=request.dry_run):
            report(outcome)
            outcomes.append(outcome)
    return Reconciled(outcomes=tuple(outcomes), more=False)


def _open_orders(older_than: float) -> Iterator[str]:
    """The ids of open orders, oldest first, read page by page."""
    after_time, after_id = None, None
    while True:
        with transaction() as sql:
            page = sql.accepted_orders.open_orders(
                older_than=older_than,
                after_time=after_time,
                after_id=after_id,
                row_limit=PAGE_SIZE,
            )
        yield from (row["order_id"] for row in page)
        if len(page) < PAGE_SIZE:
            return
        after_time, after_id = page[-1]["accepted_at"], page[-1]["order_id"]


def repair(
    order_id: str, read_evidence: Callable[[str], Evidence], *, dry_run: bool
) -> OrderOutcome | None:
    """Judge the order and repair it; None when there was nothing to repair."""
    try:
        needed = judge(read_evidence(order_id))
        if needed is None or not (dry_run or carry_out(needed)):
            return None
    except Exception as error:  # noqa: BLE001 - a failed repair must not keep the others waiting
        logger.exception("left for the next run", order_id=order_id)
        why = f"{type(error).__name__}: {error}"
        return OrderOutcome(order_id=order_id, outcome="left", why=why)
    outcome = outcome_of(order_id, needed)
    logger.info(outcome.outcome, **outcome.model_dump(), dry_run=dry_run)
    return outcome
