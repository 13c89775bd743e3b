"""The API's requests and responses, field by field.

Requests are open models, because unknown fields of a request are ignored (docs/contract.md,
"Unknown fields"); responses are closed.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, FailFast, Field

from orders.documents.fields import (
    Document,
    Identifier,
    Money,
    OpenDocument,
    OrderId,
    Quantity,
    Status,
    Time,
    is_none,
    must_be,
)
from orders.documents.workflow import PricedItem
from orders.model import OrderStatus

MAX_LINES = 100
MAX_LIMIT = 100


def only_digits(value: object) -> object:
    """Refuse text such as `+1`, `1_0` and ` 1`, which Python would read as a number."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError
    return value


def not_too_many(lines: object) -> object:
    """Refuse a list that is too long before any of its lines is read."""
    if isinstance(lines, list) and len(lines) > MAX_LINES:
        raise ValueError
    return lines


# Requests.


class NewLine(OpenDocument):
    """A line of a new order; two lines of one product are merged."""

    product_id: Identifier
    quantity: Quantity


class NewOrder(OpenDocument):
    """Body of POST /orders."""

    customer_id: Identifier
    items: Annotated[
        tuple[Annotated[NewLine, must_be("an object")], ...],
        FailFast(),
        Field(min_length=1, max_length=MAX_LINES),
        BeforeValidator(not_too_many),
        must_be(f"a list of 1 to {MAX_LINES} lines"),
    ]


class CreateHeaders(OpenDocument):
    """Headers of POST /orders; header names arrive in lower case."""

    idempotency_key: Annotated[
        Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,255}$")] | None,
        must_be("1 to 255 printable ASCII characters"),
    ] = Field(
        default=None,
        alias="idempotency-key",
        description=(
            "Repeated calls with one key return one order; 1 to 255 printable ASCII characters."
        ),
    )


class Caller(OpenDocument):
    """The caller as API Gateway identified it, and the id that it gave the request."""

    api_key_id: str = Field(default="", alias="apiKeyId")
    request_id: str = Field(alias="requestId")


class OrderPath(OpenDocument):
    """Path of /orders/{order_id}."""

    order_id: OrderId = Field(
        description="The order_id that POST /orders returned; a malformed one is a 404."
    )


class StatusUpdate(OpenDocument):
    """Body of PUT /orders/{order_id}."""

    status: Status


class ListQuery(OpenDocument):
    """Query of GET /orders."""

    page: Annotated[
        int, Field(ge=1), BeforeValidator(only_digits), must_be("a whole number from 1")
    ] = 1
    limit: Annotated[
        int,
        Field(ge=1, le=MAX_LIMIT),
        BeforeValidator(only_digits),
        must_be(f"a whole number from 1 to {MAX_LIMIT}"),
    ] = 10
    status: Status | None = None
    customer_id: Identifier | None = None


class StatusPath(OpenDocument):
    """Path of /status/{identifier}: an order id or an execution ARN."""

    identifier: str = Field(
        description="An order id, or an execution ARN, plain or percent-encoded."
    )


# Responses.


class OrderCreated(Document):
    """201 of POST /orders."""

    message: str = "Order created successfully"
    order_id: str
    execution_arn: str
    note: str = "Save this execution_arn to check workflow status later"


class OrderSummary(Document):
    """An order in a list."""

    order_id: str
    customer_id: str
    total_amount: Money
    status: OrderStatus
    created_at: Time


class OrderDetails(OrderSummary):
    """An order with its items, sorted by product id; the order's backup has the same shape."""

    items: tuple[PricedItem, ...]


class Pagination(Document):
    """`total` orders on `pages` pages of `limit`."""

    page: int
    limit: int
    total: int
    pages: int


class OrderPage(Document):
    """200 of GET /orders."""

    orders: tuple[OrderSummary, ...]
    pagination: Pagination


class OrderUpdated(Document):
    """200 of PUT /orders/{order_id}."""

    message: str = "Order updated successfully"
    order_id: str
    status: OrderStatus


class OrderDeleted(Document):
    """200 of DELETE /orders/{order_id}."""

    message: str = "Order deleted successfully"
    order_id: str


class ExecutionEvent(Document):
    """One event of an execution; `state` is null for an event of the execution itself."""

    type: str
    timestamp: Time
    state: str | None


class ExecutionStatus(Document):
    """200 of GET /status/{identifier}.

    `stop_date` is there once the execution has ended, `error` and `cause` when it failed.
    """

    execution_arn: str
    status: str
    start_date: Time
    input_identifier: str
    identifier_type: Literal["order_id", "execution_arn"]
    recent_events: tuple[ExecutionEvent, ...]
    stop_date: Time | None = Field(default=None, exclude_if=is_none)
    error: str | None = Field(default=None, exclude_if=is_none)
    cause: str | None = Field(default=None, exclude_if=is_none)


class Preflight(Document):
    """200 of OPTIONS: an empty object."""
