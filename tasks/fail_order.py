"""FailOrder: record the failure and give the stock back, whatever happened before."""

from orders.contracts import FailedOrder, FailingOrder, items_for_sql
from orders.entry import task
from orders.holding import holds, reservation
from orders.model import OrderStatus
from orders.queries import Sql, transaction


@task
def handler(order: FailingOrder) -> FailedOrder:
    """Settle the order as failed, in one transaction, once.

    Right even if nothing happened before it; does nothing when the order was settled
    already (failed, cancelled, shipped or deleted), so that a late run changes nothing.
    """
    with transaction() as sql:
        if sql.reservations.void(**reservation(order)) or holds(sql, order):
            _settle(sql, order)
    return FailedOrder(order_id=order.order_id, failure=order.failure.told())


def _settle(sql: Sql, order: FailingOrder) -> None:
    sql.inventory.give_back(order_id=order.order_id)
    sql.orders.insert_order(
        order_id=order.order_id, customer_id=order.customer_id, total_amount=order.total_amount
    )
    sql.orders.insert_items(order_id=order.order_id, items=items_for_sql(order.items))
    sql.orders.set_status(order_id=order.order_id, status=OrderStatus.FAILED)
