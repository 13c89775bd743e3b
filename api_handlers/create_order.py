"""POST /orders: accept an order and start its workflow."""

from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from orders.acceptance import accept
from orders.documents.api import Caller, CreateHeaders, NewOrder, OrderCreated
from orders.documents.workflow import AcceptedOrder, Item
from orders.errors import IdempotencyKeyReused
from orders.handlers import route
from orders.logs import logger
from orders.model import merged
from orders.step_functions import execution_arn

_NAMESPACE = UUID("7c2f1f0c-6d1b-5c8e-9a53-3c0a6b2a4f11")


@route(
    summary="Accept the order.",
    description="Check the order, start its workflow and note it as accepted.",
    status=HTTPStatus.CREATED,
    raises=(IdempotencyKeyReused,),
    location="order_id",
)
def handler(body: NewOrder, headers: CreateHeaders, caller: Caller) -> OrderCreated:
    """Start the order's execution, named by its order id, and note the order as accepted.

    Raises IdempotencyKeyReused when the caller used the key with a different order.
    """
    order = AcceptedOrder(
        order_id=_order_id(headers.idempotency_key, caller.api_key_id),
        items=tuple(Item(product_id=p, quantity=q) for p, q in merged(body.items).items()),
        request_id=caller.request_id,
        **body.model_dump(exclude={"items"}),
    )
    logger.append_keys(order_id=order.order_id)
    accept(order, may_be_known=headers.idempotency_key is not None)
    return OrderCreated(order_id=order.order_id, execution_arn=execution_arn(order.order_id))


def _order_id(idempotency_key: str | None, api_key_id: str) -> str:
    """The same key makes the same id; so, when calls race, only one starts an execution."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_NAMESPACE, f"{api_key_id}\n{idempotency_key}"))
