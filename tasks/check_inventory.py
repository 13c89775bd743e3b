"""CheckInventory: reserve the order's stock, or refuse the order."""

from orders.documents.workflow import PricedOrder, ReservedOrder
from orders.errors import InsufficientStock, OrderAlreadySettled
from orders.handlers import task
from orders.notes import note
from orders.queries import Sql, transaction
from orders.reservations import hold, require_held


@task(
    title="Reserves the order's stock, or refuses the order.",
    raises=(InsufficientStock, OrderAlreadySettled),
)
def handler(order: PricedOrder) -> ReservedOrder:
    """Take the order's stock, once, however often this runs.

    Raises InsufficientStock, taking nothing, when any product is short, and
    OrderAlreadySettled when the order has failed or was deleted before this task ran.
    """
    with transaction() as sql:
        if hold(sql, order):
            _take_stock(sql, order)
            note(sql, order)  # last: POST's note waits for it, and stock can take long
        else:
            require_held(sql, order)
    return ReservedOrder.model_validate(order.model_dump())


def _take_stock(sql: Sql, order: PricedOrder) -> None:
    taken = {row["product_id"] for row in sql.inventory.take_stock(order_id=order.order_id)}
    for item in order.items:
        if item.product_id not in taken:
            in_stock = sql.inventory.stock_of(product_id=item.product_id)
            raise InsufficientStock(item.product_id, item.quantity, in_stock or 0)
