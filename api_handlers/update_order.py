"""PUT /orders/{order_id}: move an order to another status."""

from orders import changes
from orders.documents.api import OrderPath, OrderUpdated, StatusUpdate
from orders.errors import MoveNotAllowed, OrderNotFound, OrderStillProcessing
from orders.handlers import route
from orders.model import OrderStatus, require_move
from orders.queries import Sql, transaction
from orders.read_your_writes import MAX_SECONDS_FOR_CHANGE, wait_until_workflow_ends


@route(
    summary="Move the order and its stock; setting its present status again changes nothing.",
    description="Move an order to another status.",
    raises=(OrderNotFound, MoveNotAllowed, OrderStillProcessing),
)
def handler(path: OrderPath, body: StatusUpdate) -> OrderUpdated:
    """Move the order to another status, and release or ship its stock with it.

    Setting the present status again changes nothing (docs/contract.md, "Moves").
    Raises OrderNotFound, MoveNotAllowed, OrderStillProcessing.
    """
    wait_until_workflow_ends(path.order_id)
    with transaction(MAX_SECONDS_FOR_CHANGE) as sql:
        sql.reservations.lock(order_id=path.order_id)  # moves of one order run one after the other
        present = sql.orders.lock_status(order_id=path.order_id)
        if present is None:
            raise OrderNotFound
        if present != body.status:
            _move(sql, path.order_id, OrderStatus(present), body.status)
    if present != body.status:
        changes.moved(path.order_id, present, body.status)
    return OrderUpdated(order_id=path.order_id, status=body.status)


def _move(sql: Sql, order_id: str, present: OrderStatus, wanted: OrderStatus) -> None:
    require_move(present, wanted)
    sql.orders.set_status(order_id=order_id, status=wanted)
    match wanted:
        case OrderStatus.CANCELLED | OrderStatus.FAILED:
            sql.inventory.give_back(order_id=order_id)
        case OrderStatus.SHIPPED:
            sql.reservations.ship(order_id=order_id)
