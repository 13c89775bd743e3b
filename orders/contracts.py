"""What each state and route takes and gives: closed, frozen documents.

Inside the workflow money is a string and time is text; `model_dump(mode="json")` makes
both. `as_json` makes the API's form, in which money is a number.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import simplejson
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from orders.model import NO_MONEY, OrderStatus

MOST_LINES = 100
MOST_PIECES = 10_000
HIGHEST_LIMIT = 100


def must_be(words: str) -> WrapValidator:
    """Let whatever is wrong with the value itself be told as `must be <words>`.

    Faults further inside (a line of the items) keep their own words and place. The words
    stay on the validator, for docs/openapi.json.
    """

    def check(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError as error:
            if any(fault["loc"] for fault in error.errors()):
                raise
            raise PydanticCustomError("must_be", "must be {words}", {"words": words}) from error

    vars(check)["words"] = words
    return WrapValidator(check)


def only_digits(value: object) -> object:
    """Query parameters are text: `+1`, `1_0` and ` 1` are numbers to Python, not to us."""
    if isinstance(value, str) and not (value.isascii() and value.isdigit()):
        raise ValueError
    return value


NOT_BLANK_NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x1f\x7f-\x9f\s][^\x00-\x1f\x7f-\x9f]*$"
SECONDS = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"

Money = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
Time = Annotated[
    datetime,
    PlainSerializer(lambda time: time.isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": SECONDS}, mode="serialization"),
]
Identifier = Annotated[
    str,
    Field(min_length=1, max_length=50, pattern=NOT_BLANK_NO_CONTROLS),
    must_be("1 to 50 characters, not blank, without control characters"),
]
OrderId = Annotated[str, Field(min_length=1, max_length=36, pattern="^[A-Za-z0-9-]+$")]
Quantity = Annotated[
    int,
    Field(strict=True, ge=1, le=MOST_PIECES),
    must_be(f"a whole number from 1 to {MOST_PIECES}"),
]
Status = Annotated[OrderStatus, must_be("one of " + ", ".join(OrderStatus))]


class Document(BaseModel):
    """Closed and frozen: what is not named here does not travel."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Request(BaseModel):
    """One part of a request. Unknown fields are ignored, as the contract says."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


# The workflow's document, state by state.


class Item(Document):
    """So many pieces of one product; one item a product."""

    product_id: str
    quantity: int = Field(strict=True, ge=1)


class PricedItem(Item):
    """`price` is for one piece."""

    price: Money


class AcceptedOrder(Document):
    """What POST /orders starts the workflow with."""

    order_id: str
    customer_id: str
    items: tuple[Item, ...] = Field(min_length=1)


class PricedOrder(AcceptedOrder):
    """Every item has its price."""

    items: tuple[PricedItem, ...] = Field(min_length=1)
    total_amount: Money


class ReservedOrder(PricedOrder):
    """Its stock is held."""


class StoredOrder(ReservedOrder):
    """It has its row."""

    status: OrderStatus
    created_at: Time


class BackedUpOrder(StoredOrder):
    """Its copy is in the bucket, under this key."""

    backup_key: str


class ProcessedOrder(BackedUpOrder):
    """Its workflow is done."""


class Failure(Document):
    """What a Catch writes; Step Functions leaves Cause out of some errors."""

    Error: str
    Cause: str = ""

    def told(self) -> "Failure":
        """The cause in words: Lambda wraps its own into JSON, with a stack trace."""
        try:
            cause = json.loads(self.Cause)["errorMessage"]
        except (ValueError, TypeError, KeyError):
            cause = self.Cause
        return Failure(Error=self.Error, Cause=str(cause) or f"{self.Error}, no cause given")


class FailingItem(Item):
    """An item that may not have been priced yet."""

    price: Money = NO_MONEY


class FailingOrder(BaseModel):
    """The document of whichever state failed, with the failure; the rest is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    order_id: str
    customer_id: str
    items: tuple[FailingItem, ...] = Field(min_length=1)
    total_amount: Money = NO_MONEY
    failure: Failure


class FailedOrder(Document):
    """It is settled as failed and holds no stock.

    OrderFailed passes its failure on as the execution's error and cause.
    """

    order_id: str
    failure: Failure


# What the API takes.


class NewLine(Request):
    """A line of a new order; two lines of one product are merged."""

    product_id: Identifier
    quantity: Quantity


class NewOrder(Request):
    """Body of POST /orders."""

    customer_id: Identifier
    items: Annotated[
        tuple[Annotated[NewLine, must_be("an object")], ...],
        Field(min_length=1, max_length=MOST_LINES),
        must_be(f"a list of 1 to {MOST_LINES} lines"),
    ]


class CreateHeaders(Request):
    """Headers of POST /orders; header names arrive in lower case."""

    idempotency_key: Annotated[
        Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,255}$")] | None,
        must_be("1 to 255 printable ASCII characters"),
    ] = Field(
        default=None,
        alias="idempotency-key",
        description="Calls with one key are one order; 1 to 255 printable ASCII characters.",
    )


class Caller(Request):
    """Who calls, as API Gateway knows it."""

    api_key_id: str = Field(default="", alias="apiKeyId")


class OrderPath(Request):
    """Path of /orders/{order_id}."""

    order_id: OrderId = Field(description="As POST /orders gave it; of any other form: 404.")


class StatusUpdate(Request):
    """Body of PUT /orders/{order_id}."""

    status: Status


class ListQuery(Request):
    """Query of GET /orders."""

    page: Annotated[
        int, Field(ge=1), BeforeValidator(only_digits), must_be("a whole number from 1")
    ] = 1
    limit: Annotated[
        int,
        Field(ge=1, le=HIGHEST_LIMIT),
        BeforeValidator(only_digits),
        must_be(f"a whole number from 1 to {HIGHEST_LIMIT}"),
    ] = 10
    status: Status | None = None
    customer_id: Identifier | None = None


class StatusPath(Request):
    """Path of /status/{identifier}: an order id or an execution ARN."""

    identifier: str = Field(
        description="An order id, or an execution ARN, plain or percent-encoded."
    )


# What the API gives.


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
    """An order with its items, by product; also the document in the bucket."""

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


def _is_none(value: object) -> bool:
    return value is None


class Event(Document):
    """One event of an execution; `state` is null for the execution's own."""

    type: str
    timestamp: Time
    state: str | None


class ExecutionStatus(Document):
    """200 of GET /status/{identifier}; the last three only where they apply."""

    execution_arn: str
    status: str
    start_date: Time
    input_identifier: str
    identifier_type: Literal["order_id", "execution_arn"]
    recent_events: tuple[Event, ...]
    stop_date: Time | None = Field(default=None, exclude_if=_is_none)
    error: str | None = Field(default=None, exclude_if=_is_none)
    cause: str | None = Field(default=None, exclude_if=_is_none)


def items_for_sql(items: Iterable[Item]) -> str:
    """The items as sql/queries reads them: a JSON list, money as text."""
    return json.dumps([item.model_dump(mode="json") for item in items])


def as_json(document: BaseModel) -> str:
    """The API's JSON: money is a number with two places, and was never a binary float."""
    return str(simplejson.dumps(document.model_dump(), use_decimal=True))
