"""DELETE /orders/{order_id}: the order and its items are gone; its backup stays."""

from orders.contracts import OrderDeleted, OrderPath
from orders.entry import route
from orders.errors import OrderNotFound, OrderStillProcessing
from orders.queries import transaction
from orders.waiting import until_workflow_ends


@route(raises=(OrderNotFound, OrderStillProcessing))
def handler(path: OrderPath) -> OrderDeleted:
    """Delete the order, giving back the stock that it still holds.

    Raises OrderNotFound, OrderStillProcessing.
    """
    until_workflow_ends(path.order_id)
    with transaction() as sql:
        sql.inventory.give_back(order_id=path.order_id)  # first: it locks the reservation
        sql.orders.delete_items(order_id=path.order_id)
        if not sql.orders.delete_order(order_id=path.order_id):
            raise OrderNotFound
    return OrderDeleted(order_id=path.order_id)
