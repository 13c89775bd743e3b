"""How an order's workflow is over: as failed, or one step further than it came."""

from orders.contracts import FailingOrder, items_for_sql
from orders.holding import holds, reservation
from orders.model import OrderStatus
from orders.queries import Sql


def fail(sql: Sql, order: FailingOrder) -> bool:
    """Record the order as failed and give its stock back; tells whether it was still open.

    Right even if nothing happened to the order before; changes nothing when it was settled
    already (failed, cancelled, shipped or deleted).
    """
    if not (sql.reservations.void(**reservation(order)) or holds(sql, order)):
        return False
    sql.inventory.give_back(order_id=order.order_id)
    sql.orders.insert_order(
        order_id=order.order_id, customer_id=order.customer_id, total_amount=order.total_amount
    )
    sql.orders.insert_items(order_id=order.order_id, items=items_for_sql(order.items))
    sql.orders.set_status(order_id=order.order_id, status=OrderStatus.FAILED)
    return True


def finish(sql: Sql, order: FailingOrder) -> bool:
    """Do what UpdateStatus would have done; tells whether the order was still open."""
    return holds(sql, order) and bool(sql.orders.start_processing(order_id=order.order_id))
