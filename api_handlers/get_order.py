"""GET /orders/{order_id}: one order with its items."""

from orders.contracts import OrderDetails, OrderPath
from orders.entry import route
from orders.errors import OrderNotFound
from orders.waiting import order_when_stored


@route(raises=(OrderNotFound,))
def handler(path: OrderPath) -> OrderDetails:
    """Give the order, waiting a little for one that was accepted just now.

    Raises OrderNotFound.
    """
    return order_when_stored(path.order_id)
