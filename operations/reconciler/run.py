"""One run of the reconciler: looks at every open order, and repairs those that need it."""

from collections.abc import Callable

from pydantic import Field

from operations.evidence import Evidence
from operations.judgement import judge
from operations.reconciler.limits import Limits, OutOfTime
from operations.reconciler.open_orders import open_orders
from operations.reconciler.outcomes import OrderOutcome, outcome_of
from operations.reconciler.reads import evidence_of_open_order
from operations.reconciler.repairs import carry_out
from orders import logs, metrics
from orders.documents.fields import Document


class Reconciliation(Document):
    """What to do in one run.

    `older_than`: orders that were accepted less than this many seconds ago are skipped, because
    their workflows are likely to be running, and Step Functions may not show them yet. The run ends
    after `at_most` repairs, and begins no further step once `seconds` have passed. It describes
    `per_second` executions a second at most: AWS allows 15, which the API's callers share. With
    `dry_run` it reports what it would do, and changes nothing.
    """

    older_than: float = Field(default=60, ge=0, le=86_400)
    at_most: int = Field(default=1000, ge=1)
    seconds: float = Field(default=90, gt=0)
    per_second: float = Field(default=5, ge=1)
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

    An order that is left does not count against `at_most`, so that it keeps no other waiting.
    Raises DatabaseUnavailable when the open orders cannot be listed.
    """
    limits = Limits(request.seconds, request.per_second)
    outcomes, repairs = list[OrderOutcome](), 0
    try:
        for order_id in open_orders(request.older_than, limits):
            if repairs == request.at_most:
                return Reconciled(outcomes=tuple(outcomes), more=True)
            if outcome := repair(order_id, evidence_of_open_order, limits, dry_run=request.dry_run):
                report(outcome)
                outcomes.append(outcome)
                repairs += outcome.outcome != "left"
    except OutOfTime:
        return Reconciled(outcomes=tuple(outcomes), more=True)
    return Reconciled(outcomes=tuple(outcomes), more=False)


def repair(
    order_id: str,
    read_evidence: Callable[[str, Limits], Evidence],
    limits: Limits,
    *,
    dry_run: bool,
) -> OrderOutcome | None:
    """Judge the order and repair it; None when there was nothing to repair. Raises OutOfTime."""
    with logs.about(order_id):
        try:
            evidence = read_evidence(order_id, limits)
            logs.logger.append_keys(request_id=evidence.request_id or None)
            needed = judge(evidence)
            if needed is None or not (dry_run or carry_out(needed, limits)):
                return None
            outcome = outcome_of(order_id, needed)
        except OutOfTime:
            raise
        except Exception as error:  # noqa: BLE001 - a failed repair must not keep the others waiting
            logs.failed(error)
            why = f"{type(error).__name__}: {error}"
            outcome = OrderOutcome(order_id=order_id, outcome="left", why=why)
        _report(outcome, dry_run=dry_run)
        return outcome


def _report(outcome: OrderOutcome, *, dry_run: bool) -> None:
    said = outcome.model_dump(exclude={"order_id"})
    logs.logger.info("reconciled", **said, dry_run=dry_run)
    if not dry_run:
        metrics.count("OrdersReconciled", outcome=outcome.outcome)
