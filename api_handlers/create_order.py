"""POST /orders: accept an order and start its workflow."""

from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from orders.documents.api import Caller, CreateHeaders, NewOrder, OrderCreated
from orders.documents.workflow import AcceptedOrder, Item
from orders.errors import IdempotencyKeyReused
from orders.handlers import logger, route
from orders.model import OrderStatus, ReservationStatus, merged
from orders.queries import transaction
from orders.reservations import belongs_to
from orders.step_functions import execution_arn, start_once

_NAMESPACE = UUID("7c2f1f0c-6d1b-5c8e-9a53-3c0a6b2a4f11")


@route(
    summary="Accept the order.",
    description="Check the order and start its workflow; nothing else is written.",
    status=HTTPStatus.CREATED,
    raises=(IdempotencyKeyReused,),
)
def handler(body: NewOrder, headers: CreateHeaders, caller: Caller) -> OrderCreated:
    """Start the order's execution, named by its order id; nothing else is written.

    Raises IdempotencyKeyReused when the caller used the key with a different order.
    """
    order = AcceptedOrder(
        order_id=_order_id(headers.idempotency_key, caller.api_key_id),
        items=tuple(Item(product_id=p, quantity=q) for p, q in merged(body.items).items()),
        **body.model_dump(exclude={"items"}),
    )
    logger.append_keys(order_id=order.order_id)
    if headers.idempotency_key is not None and _is_settled(order):
        return OrderCreated(order_id=order.order_id, execution_arn=execution_arn(order.order_id))
    return OrderCreated(order_id=order.order_id, execution_arn=start_once(order))


def _is_settled(order: AcceptedOrder) -> bool:
    """Whether PostgreSQL has this order, and its workflow has ended.

    Step Functions forgets an execution's name after 90 days, and a local engine when it ends;
    the key must not start a second order then. Raises IdempotencyKeyReused.
    """
    with transaction() as sql:
        rows = sql.reservations.with_order(order_id=order.order_id)
    if rows and not belongs_to(order, rows):
        raise IdempotencyKeyReused
    return any(
        row["status"] != ReservationStatus.HELD
        or row["order_status"] not in (None, OrderStatus.PENDING)
        for row in rows
    )


def _order_id(idempotency_key: str | None, api_key_id: str) -> str:
    """The same key makes the same id; so, when calls race, only one starts an execution."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_NAMESPACE, f"{api_key_id}\n{idempotency_key}"))
