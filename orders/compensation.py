"""The two ways to end a saga: compensate a failed order, complete one that lacks UpdateStatus.

Both run inside the caller's transaction. FailOrder and the reconciler use them.
"""

from orders.changes import ACCEPTED, Compensated
from orders.documents.workflow import FailingOrder
from orders.model import OrderStatus
from orders.notes import note
from orders.queries import Sql
from orders.reservations import insert_released, is_held
from orders.statements import StartProcessingRow


def compensate(sql: Sql, order: FailingOrder) -> Compensated | None:
    """Record the order as failed and give its stock back; None when it was not open any more.

    When there is no reservation yet, this writes a released one, so that a late CheckInventory
    cannot take stock. An order that has failed, or was cancelled, shipped or deleted, is not
    changed.
    """
    if insert_released(sql, order):
        note(sql, order)
    elif not is_held(sql, order):
        return None
    before = sql.orders.status_of(order_id=order.order_id) or ACCEPTED
    given_back = sql.inventory.give_back(order_id=order.order_id)
    sql.orders.store_order(order_document=order.model_dump_json())
    sql.orders.set_status(order_id=order.order_id, status=OrderStatus.FAILED)
    return Compensated(before, gave_stock_back=given_back > 0)


def complete(sql: Sql, order: FailingOrder) -> StartProcessingRow | None:
    """Do what UpdateStatus would have done; None when the order was not pending any more."""
    if not is_held(sql, order):
        return None
    return sql.orders.start_processing(order_id=order.order_id)
