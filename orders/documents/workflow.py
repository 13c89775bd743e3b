"""The order as the state machine carries it, state by state.

Every forward state takes one of these models and returns the next one, which has all the
fields of the one before. `label` says what is true of the order by then; diagrams show it.
"""

import hashlib
import json
from typing import ClassVar

from pydantic import ConfigDict, Field

from orders.documents.fields import Document, Money, Time
from orders.model import NO_MONEY, OrderStatus


class Item(Document):
    """One product and how many pieces of it; an order has one item for each product."""

    product_id: str
    quantity: int = Field(strict=True, ge=1)


class PricedItem(Item):
    """An item with the price of one piece."""

    price: Money


class WorkflowDocument(Document):
    """A document that one state hands to the next."""

    label: ClassVar[str]
    """What is true of the order once this document exists, for diagrams and findings."""


class AcceptedOrder(WorkflowDocument):
    """The execution's input: the order as POST /orders accepted it."""

    label = "the order is accepted"

    order_id: str
    customer_id: str
    items: tuple[Item, ...] = Field(min_length=1)
    request_id: str = ""
    """The x-request-id of the answer to POST /orders, for the logs; empty if nothing is known."""

    @property
    def request(self) -> str:
        """The order as it was accepted, as JSON: the execution's input, in every state.

        Fields with their default value are left out, so that an older release, after a rollback,
        takes orders that do not use a new optional field.
        """
        serializer = AcceptedOrder.__pydantic_serializer__
        return serializer.to_json(self, exclude_defaults=True).decode()

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of what the caller ordered: only the fields of AcceptedOrder.

        Fields that later states add do not count, so an order has the same digest in every state.
        Fields with their default value do not count either, so a new optional field does not
        change the digests of old orders. The request_id does not count: every repetition of a
        request has another one.
        """
        asked = AcceptedOrder.__pydantic_serializer__.to_python(
            self, mode="json", exclude_defaults=True, exclude={"request_id"}
        )
        asked["items"].sort(key=lambda item: item["product_id"])
        return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


class PricedOrder(AcceptedOrder):
    """The order once CalculatePrice has priced every item and the whole."""

    label = "every item is priced"

    items: tuple[PricedItem, ...] = Field(min_length=1)
    total_amount: Money


class ReservedOrder(PricedOrder):
    """The order once CheckInventory has taken its stock."""

    label = "the stock is reserved"


class StoredOrder(ReservedOrder):
    """The order once PersistOrder has stored it in the tables."""

    label = "the order is stored"

    status: OrderStatus
    created_at: Time


class BackedUpOrder(StoredOrder):
    """The order once BackUpOrder has put its backup into the bucket, under `backup_key`."""

    label = "the backup is in the bucket"

    backup_key: str


class ProcessedOrder(BackedUpOrder):
    """The execution's output: the order once the workflow has completed."""

    label = "the workflow has completed"


class Failure(Document):
    """The error that a Catch writes into the document; Step Functions may leave Cause out."""

    Error: str
    Cause: str = ""

    def with_readable_cause(self) -> "Failure":
        """The same failure with its cause in words.

        Lambda's own cause is a JSON document with a stack trace; its `errorMessage` is kept.
        """
        try:
            cause = json.loads(self.Cause)["errorMessage"]
        except (ValueError, TypeError, KeyError):
            cause = self.Cause
        return Failure(Error=self.Error, Cause=str(cause) or f"{self.Error}, no cause given")


class FailingItem(Item):
    """An item of an order that failed, perhaps before it was priced."""

    price: Money = NO_MONEY


class FailingOrder(AcceptedOrder):
    """The input of whichever state failed, with the failure that its Catch added.

    Open, because it may come from any state: fields of later documents are ignored.
    """

    model_config = ConfigDict(extra="ignore")
    label = "a step has failed"

    items: tuple[FailingItem, ...] = Field(min_length=1)
    total_amount: Money = NO_MONEY
    failure: Failure


class FailedOrder(WorkflowDocument):
    """The output of FailOrder; the Fail state OrderFailed ends the execution with `failure`."""

    label = "the order is failed and holds no stock"

    order_id: str
    failure: Failure
