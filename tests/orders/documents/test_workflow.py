"""The workflow's documents: digests, causes, what each adds."""

import json
from itertools import pairwise

import pytest

from orders.documents.workflow import (
    AcceptedOrder,
    FailingOrder,
    Failure,
    PricedOrder,
    ProcessedOrder,
)
from tests.running.builders import Document, a_line, an_order

ACCEPTED = an_order(a_line("B", 2), a_line("A", 1)) | {"order_id": "O-1"}


def priced(order: Document) -> Document:
    items = [item | {"price": "1.50"} for item in order["items"]]
    return order | {"items": items, "total_amount": "4.50"}


def digest(order: Document) -> str:
    return AcceptedOrder.model_validate(order).digest


def test_the_workflow_leaves_an_orders_digest_as_it_is() -> None:
    failing = priced(ACCEPTED) | {"failure": {"Error": "E"}, "backup_key": "a later field"}

    assert PricedOrder.model_validate(priced(ACCEPTED)).digest == digest(ACCEPTED)
    assert FailingOrder.model_validate(failing).digest == digest(ACCEPTED)


def test_the_order_of_items_does_not_matter_to_the_digest() -> None:
    assert digest(ACCEPTED | {"items": ACCEPTED["items"][::-1]}) == digest(ACCEPTED)


def test_the_id_of_the_request_does_not_matter_to_the_digest() -> None:
    assert digest(ACCEPTED | {"request_id": "R-1"}) == digest(ACCEPTED)


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": "O-2"},
        {"customer_id": "CUST002"},
        {"items": [a_line("B", 2), a_line("A", 2)]},
        {"items": [a_line("B", 2)]},
    ],
)
def test_another_order_has_another_digest(change: Document) -> None:
    assert digest(ACCEPTED | change) != digest(ACCEPTED)


@pytest.mark.parametrize(
    ("cause", "readable"),
    [
        (json.dumps({"errorMessage": "no luck", "stackTrace": ["secret"]}), "no luck"),
        ("plain words", "plain words"),
        ("", "RuntimeError, no cause given"),
        ('["a", "list"]', '["a", "list"]'),
    ],
)
def test_a_cause_is_made_readable(cause: str, readable: str) -> None:
    failure = Failure(Error="RuntimeError", Cause=cause)

    assert failure.with_readable_cause() == Failure(Error="RuntimeError", Cause=readable)


def test_each_forward_document_has_all_fields_of_the_one_before() -> None:
    chain = [model for model in ProcessedOrder.__mro__ if issubclass(model, AcceptedOrder)]
    for later, earlier in pairwise(chain):
        assert later.model_fields.keys() >= earlier.model_fields.keys()
