"""PersistOrder: store the order and its items in the tables."""

from orders import changes
from orders.documents.workflow import ReservedOrder, StoredOrder
from orders.errors import OrderAlreadySettled
from orders.handlers import task
from orders.queries import transaction
from orders.reservations import require_held


@task(title="Stores the order and its items.", raises=(OrderAlreadySettled,))
def handler(order: ReservedOrder) -> StoredOrder:
    """Store the order, once, as long as its stock is held.

    Raises OrderAlreadySettled when the order has failed or was deleted before this task ran: a
    late task must not bring it back.
    """
    with transaction() as sql:
        require_held(sql, order)
        stored_now = sql.orders.store_order(order_document=order.model_dump_json())
        row = sql.orders.get_order(order_id=order.order_id)
    if stored_now:
        changes.stored(order.order_id)
    return StoredOrder.model_validate(order.model_dump() | dict(row or {}))
