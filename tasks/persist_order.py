"""PersistOrder: the order gets its row and its items."""

from orders.contracts import ReservedOrder, StoredOrder, items_for_sql
from orders.entry import task
from orders.holding import require_held
from orders.queries import transaction


@task
def handler(order: ReservedOrder) -> StoredOrder:
    """Store the order, once, as long as its stock is held.

    Raises OrderAlreadySettled when the order failed or was deleted before this came: a
    late run must not bring it back.
    """
    with transaction() as sql:
        require_held(sql, order)
        sql.orders.insert_order(
            order_id=order.order_id,
            customer_id=order.customer_id,
            total_amount=order.total_amount,
        )
        sql.orders.insert_items(order_id=order.order_id, items=items_for_sql(order.items))
        row = sql.orders.get_order(order_id=order.order_id)
    return StoredOrder.model_validate(row)
