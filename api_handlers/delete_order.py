"""DELETE /orders/{order_id}: delete an order and its items; its backup stays."""

from orders import changes
from orders.documents.api import OrderDeleted, OrderPath
from orders.errors import OrderNotFound, OrderStillProcessing
from orders.handlers import route
from orders.queries import transaction
from orders.read_your_writes import MAX_SECONDS_FOR_CHANGE, wait_until_workflow_ends


@route(
    summary="Delete the order, giving back the stock that it still holds.",
    description="The order and its items are deleted; its backup stays.",
    raises=(OrderNotFound, OrderStillProcessing),
)
def handler(path: OrderPath) -> OrderDeleted:
    """Delete the order in one transaction, giving back the stock that it still holds.

    Raises OrderNotFound, OrderStillProcessing.
    """
    wait_until_workflow_ends(path.order_id)
    with transaction(MAX_SECONDS_FOR_CHANGE) as sql:
        sql.reservations.lock(order_id=path.order_id)  # moves of one order run one after the other
        sql.inventory.give_back(order_id=path.order_id)
        sql.orders.delete_items(order_id=path.order_id)
        status = sql.orders.delete_order(order_id=path.order_id)
        if status is None:
            raise OrderNotFound
    changes.deleted(path.order_id, status)
    return OrderDeleted(order_id=path.order_id)
