"""GET /orders/{order_id}: one order with its items."""

from orders.documents.api import OrderDetails, OrderPath
from orders.errors import OrderNotFound, OrderNotStoredYet
from orders.handlers import route
from orders.read_your_writes import order_when_stored


@route(
    summary="Return the order; one that was accepted just now is waited for, up to 5 s.",
    description="One order with its items.",
    raises=(OrderNotFound, OrderNotStoredYet),
)
def handler(path: OrderPath) -> OrderDetails:
    """Return the order; if it was accepted just now, wait up to 5 s until it is stored.

    The rule is in docs/contract.md, "Reading your own order". Raises OrderNotFound,
    and OrderNotStoredYet when that takes longer.
    """
    return order_when_stored(path.order_id)
