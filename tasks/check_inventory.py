"""CheckInventory: take the order's stock, or say what is short."""

from orders.contracts import PricedOrder, ReservedOrder
from orders.entry import task
from orders.errors import InsufficientStock
from orders.holding import require_held, reservation
from orders.queries import Sql, transaction


@task
def handler(order: PricedOrder) -> ReservedOrder:
    """Take the order's stock, once, however often this runs.

    Raises InsufficientStock, taking nothing, when any product is short, and
    OrderAlreadySettled when the order failed or was deleted before this came.
    """
    with transaction() as sql:
        if sql.reservations.hold(**reservation(order)):
            _take(sql, order)
        else:
            require_held(sql, order)
    return ReservedOrder.model_validate(order.model_dump())


def _take(sql: Sql, order: PricedOrder) -> None:
    taken = {row["product_id"] for row in sql.inventory.take_stock(order_id=order.order_id)}
    for item in order.items:
        if item.product_id not in taken:
            left = sql.inventory.stock_of(product_id=item.product_id)
            raise InsufficientStock(item.product_id, item.quantity, left or 0)
