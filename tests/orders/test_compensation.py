"""Compensating an order from wherever it came to, and completing an interrupted one."""

import pytest

from orders.compensation import compensate, complete
from orders.documents.workflow import FailingOrder
from orders.queries import transaction
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.walking import FORWARD, failing, walked


def compensated(document: Document) -> bool:
    with transaction() as sql:
        return bool(compensate(sql, FailingOrder.model_validate(failing(document))))


def completed(document: Document) -> bool:
    with transaction() as sql:
        return complete(sql, FailingOrder.model_validate(failing(document))) is not None


@pytest.mark.parametrize("state", FORWARD)
def test_after_any_state_compensating_gives_the_stock_back_once(
    functions: InProcess, state: str
) -> None:
    product = functions.product(stock=10)
    document = walked(functions, product, until=state, quantity=3)

    assert compensated(document)
    assert not compensated(document)

    row = functions.order_row(document["order_id"])
    assert row is not None
    assert row["status"] == "failed"
    assert functions.stock(product) == 10
    assert functions.reservations(document["order_id"]) == {"released"}


def test_an_order_that_no_step_has_touched_can_be_compensated(functions: InProcess) -> None:
    document = an_order(a_line(functions.product(), 2)) | {"order_id": an_id()}

    assert compensated(document)

    row = functions.order_row(document["order_id"])
    assert row is not None
    assert row["status"] == "failed"


@pytest.mark.parametrize("status", ["cancelled", "shipped", "failed"])
def test_a_settled_order_is_left_as_it_is(functions: InProcess, status: str) -> None:
    document = walked(functions, functions.product(stock=10), until="UpdateStatus")
    url = f"/orders/{document['order_id']}"
    assert functions.api.put(url, json={"status": status}).status_code == 200

    assert not compensated(document)
    assert not completed(document)

    row = functions.order_row(document["order_id"])
    assert row is not None
    assert row["status"] == status


def test_completing_moves_a_pending_order_to_processing_once(functions: InProcess) -> None:
    document = walked(functions, functions.product(), until="BackUpOrder")

    assert completed(document)
    assert not completed(document)

    row = functions.order_row(document["order_id"])
    assert row is not None
    assert row["status"] == "processing"


def test_another_order_under_the_same_id_is_neither_compensated_nor_completed(
    functions: InProcess,
) -> None:
    document = walked(functions, functions.product(), until="BackUpOrder")
    other = document | {"customer_id": "CUST002"}

    assert not compensated(other)
    assert not completed(other)

    row = functions.order_row(document["order_id"])
    assert row is not None
    assert row["status"] == "pending"
