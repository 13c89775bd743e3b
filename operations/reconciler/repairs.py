"""Carries a repair out, unless somebody changed the order since it was judged."""

from operations.judgement import BackUp, Compensate, Complete, Repair, Restart
from operations.reconciler.limits import Limits
from orders import changes, step_functions
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
            return _complete(order, limits)
        case Compensate(order=order):
            return _compensate(order, limits)


def _complete(order: FailingOrder, limits: Limits) -> bool:
    with transaction(before=limits.check) as sql:
        moved = complete(sql, order) if _is_open(sql, order, limits) else None
    if moved:
        changes.processed(order.order_id, moved["seconds"])
    return moved is not None


def _compensate(order: FailingOrder, limits: Limits) -> bool:
    with transaction(before=limits.check) as sql:
        done = compensate(sql, order) if _is_open(sql, order, limits) else None
    if done:
        changes.compensated(order, done)
    return done is not None


def _is_open(sql: Sql, order: FailingOrder, limits: Limits) -> bool:
    """Whether the order is still open and its execution is not running.

    Both are checked again under the lock of the order's reservation. A POST with the order's
    Idempotency-Key may have started a new execution since the order was judged; its tasks wait
    for that lock, and find the order settled. A young order whose execution is not shown is left
    alone: it may be running.
    """
    sql.reservations.lock(order_id=order.order_id)
    status = sql.orders.lock_status(order_id=order.order_id)
    is_young = sql.accepted_orders.is_young(order_id=order.order_id)
    if status not in (None, OrderStatus.PENDING):
        return False
    limits.before_describing()
    return not step_functions.is_running(order.order_id, if_not_shown=is_young)
