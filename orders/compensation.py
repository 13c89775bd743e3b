"""The saga's two ends: compensate an order that failed, complete one that only lacks its end.

Both run inside the caller's transaction. FailOrder and the reconciler use them.
"""

from orders.documents.workflow import FailingOrder
from orders.model import OrderStatus
from orders.queries import Sql
from orders.reservations import insert_released, is_held


def compensate(sql: Sql, order: FailingOrder) -> bool:
    """Record the order as failed and give its stock back; returns whether it was still open.

    Right even when no step of the saga ran before: then a released reservation is written, so
    that a late CheckInventory cannot take stock any more. Changes nothing when the order has
    failed, was cancelled, shipped or deleted.
    """
    if not (insert_released(sql, order) or is_held(sql, order)):
        return False
    sql.inventory.give_back(order_id=order.order_id)
    sql.orders.store_order(order_document=order.model_dump_json())
    sql.orders.set_status(order_id=order.order_id, status=OrderStatus.FAILED)
    return True


def complete(sql: Sql, order: FailingOrder) -> bool:
    """Do what UpdateStatus would have done; returns whether the order was still pending."""
    return is_held(sql, order) and bool(sql.orders.start_processing(order_id=order.order_id))
