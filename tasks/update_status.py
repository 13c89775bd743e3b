"""UpdateStatus: the order moves on to processing."""

from orders.contracts import BackedUpOrder, ProcessedOrder
from orders.entry import task
from orders.errors import OrderAlreadySettled
from orders.queries import transaction


@task
def handler(order: BackedUpOrder) -> ProcessedOrder:
    """Move the order from pending to processing; any other status stays as it is.

    Raises OrderAlreadySettled when the order is gone.
    """
    with transaction() as sql:
        sql.orders.start_processing(order_id=order.order_id)
        status = sql.orders.status_of(order_id=order.order_id)
    if status is None:
        raise OrderAlreadySettled(order.order_id)
    return ProcessedOrder.model_validate(order.model_dump() | {"status": status})
