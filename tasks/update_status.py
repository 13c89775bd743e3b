"""UpdateStatus: move the order from pending to processing."""

from orders import changes
from orders.documents.workflow import BackedUpOrder, ProcessedOrder
from orders.errors import OrderAlreadySettled
from orders.handlers import task
from orders.queries import transaction


@task(title="Moves the order from pending to processing.", raises=(OrderAlreadySettled,))
def handler(order: BackedUpOrder) -> ProcessedOrder:
    """Move the order from pending to processing; any other status stays as it is.

    Raises OrderAlreadySettled when the order was deleted.
    """
    with transaction() as sql:
        moved = sql.orders.start_processing(order_id=order.order_id)
        status = sql.orders.status_of(order_id=order.order_id)
    if moved:
        changes.processed(order.order_id, moved["seconds"])
    if status is None:
        raise OrderAlreadySettled(order.order_id)
    return ProcessedOrder.model_validate(order.model_dump() | {"status": status})
