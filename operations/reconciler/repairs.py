"""Carries a repair out, unless somebody changed the order since it was judged."""

from collections.abc import Callable

from operations.judgement import BackUp, Compensate, Complete, Repair, Restart
from orders import step_functions
from orders.backups import put_backup
from orders.compensation import compensate, complete
from orders.documents.workflow import FailingOrder
from orders.model import OrderStatus
from orders.queries import Sql, transaction


def carry_out(repair: Repair) -> bool:
    """Do what the repair says; returns whether the order still needed it."""
    match repair:
        case BackUp(order=order):
            put_backup(order)
            return True
        case Restart(order=order):
            return step_functions.start(order)
        case Complete(order=order):
            return _settle(order, complete)
        case Compensate(order=order):
            return _settle(order, compensate)


def _settle(order: FailingOrder, settle: Callable[[Sql, FailingOrder], bool]) -> bool:
    """Complete or compensate the order if it is still open and its execution is not running.

    Both are asked again under the lock of the order's reservation. A POST with the order's
    Idempotency-Key may have started a new execution since the order was judged; its tasks wait
    for that lock, and find the order settled. A young order whose execution is not shown is left
    alone: it may be running.
    """
    with transaction() as sql:
        sql.reservations.lock(order_id=order.order_id)
        status = sql.orders.lock_status(order_id=order.order_id)
        is_young = sql.accepted_orders.is_young(order_id=order.order_id)
        if status not in (None, OrderStatus.PENDING):
            return False
        if step_functions.is_running(order.order_id, if_not_shown=is_young):
            return False
        return settle(sql, order)
