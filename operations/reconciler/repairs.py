"""Carries a repair out, unless somebody changed the order since it was judged."""

from collections.abc import Callable

from operations.judgement import BackUp, Compensate, Complete, Repair, Restart
from operations.reconciler.limits import Limits
from orders import step_functions
from orders.backups import put_backup
from orders.compensation import compensate, complete
from orders.documents.workflow import FailingOrder
from orders.model import OrderStatus
from orders.queries import Sql, transaction


def carry_out(repair: Repair, limits: Limits) -> bool:
    """Do what the repair says; returns whether the order still needed it.

    Raises OutOfTime, having changed nothing.
    """
    limits.check()
    match repair:
        case BackUp(order=order):
            put_backup(order)
            return True
        case Restart(order=order):
            return step_functions.start(order)
        case Complete(order=order):
            return _settle(order, complete, limits)
        case Compensate(order=order):
            return _settle(order, compensate, limits)


def _settle(
    order: FailingOrder, settle: Callable[[Sql, FailingOrder], bool], limits: Limits
) -> bool:
    """Complete or compensate the order if it is still open and its execution is not running.

    Both are checked again under the lock of the order's reservation. A POST with the order's
    Idempotency-Key may have started a new execution since the order was judged; its tasks wait
    for that lock, and find the order settled. A young order whose execution is not shown is left
    alone: it may be running.
    """
    with transaction(before=limits.check) as sql:
        sql.reservations.lock(order_id=order.order_id)
        status = sql.orders.lock_status(order_id=order.order_id)
        is_young = sql.accepted_orders.is_young(order_id=order.order_id)
        if status not in (None, OrderStatus.PENDING):
            return False
        limits.before_describing()
        if step_functions.is_running(order.order_id, if_not_shown=is_young):
            return False
        return settle(sql, order)
