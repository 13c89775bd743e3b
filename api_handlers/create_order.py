"""POST /orders: check the order and start its workflow; nothing else is written."""

from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from orders.aws import execution_arn, start_once
from orders.contracts import AcceptedOrder, Caller, CreateHeaders, Item, NewOrder, OrderCreated
from orders.entry import logger, route
from orders.errors import IdempotencyKeyReused
from orders.holding import is_of
from orders.model import OrderStatus, ReservationStatus, merged
from orders.queries import transaction

_NAMESPACE = UUID("7c2f1f0c-6d1b-5c8e-9a53-3c0a6b2a4f11")


@route(HTTPStatus.CREATED, raises=(IdempotencyKeyReused,))
def handler(body: NewOrder, headers: CreateHeaders, caller: Caller) -> OrderCreated:
    """Accept the order.

    Raises IdempotencyKeyReused when the caller used the key with a different order.
    """
    order = AcceptedOrder(
        order_id=_order_id(headers.idempotency_key, caller.api_key_id),
        customer_id=body.customer_id,
        items=tuple(Item(product_id=p, quantity=q) for p, q in merged(body.items).items()),
    )
    logger.append_keys(order_id=order.order_id)
    if headers.idempotency_key is not None and _is_settled(order):
        return OrderCreated(order_id=order.order_id, execution_arn=execution_arn(order.order_id))
    return OrderCreated(order_id=order.order_id, execution_arn=start_once(order))


def _is_settled(order: AcceptedOrder) -> bool:
    """Whether this order has been through its workflow, as far as PostgreSQL remembers.

    Step Functions forgets names after 90 days (and a local engine when it ends); a key must
    not start another order then. Raises IdempotencyKeyReused.
    """
    with transaction() as sql:
        rows = sql.reservations.with_order(order_id=order.order_id)
    if rows and not is_of(order, rows):
        raise IdempotencyKeyReused
    return any(
        row["status"] != ReservationStatus.HELD
        or row["order_status"] not in (None, OrderStatus.PENDING)
        for row in rows
    )


def _order_id(idempotency_key: str | None, api_key_id: str) -> str:
    """Same key, same id: Step Functions then starts the order once, however many race."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_NAMESPACE, f"{api_key_id}\n{idempotency_key}"))
