"""FailOrder after every state, twice, and too late."""

from decimal import Decimal

import pytest

from tests.running.builders import a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.walking import FORWARD, TaskFailed, failing, walked


@pytest.mark.parametrize("state", FORWARD)
def test_after_any_state_the_order_is_failed_and_its_stock_back(
    functions: InProcess, state: str
) -> None:
    product = functions.product(stock=10, price="10.05")
    order = walked(functions, product, until=state, quantity=3)

    for _ in range(2):
        functions.invoke("FailOrderFunction", failing(order))

    row = functions.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("failed", Decimal("30.15"))
    assert len(functions.item_rows(order["order_id"])) == 1
    assert functions.stock(product) == 10
    assert functions.reservations(order["order_id"]) == {"released"}


def test_an_order_refused_before_it_was_priced_is_recorded_at_nothing(functions: InProcess) -> None:
    order = an_order(a_line("NOPE", 2)) | {"order_id": an_id()}

    functions.invoke("FailOrderFunction", failing(order, "UnknownProduct"))

    row = functions.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("failed", Decimal("0.00"))
    assert functions.item_rows(order["order_id"]) == [
        {"product_id": "NOPE", "quantity": 2, "price": Decimal("0.00")}
    ]


def test_too_late_it_does_not_bring_a_deleted_order_back(functions: InProcess) -> None:
    product = functions.product(stock=10)
    order = walked(functions, product, until="UpdateStatus")
    assert functions.api.delete(f"/orders/{order['order_id']}").status_code == 200

    functions.invoke("FailOrderFunction", failing(order))

    assert functions.order_row(order["order_id"]) is None
    assert functions.stock(product) == 10


def test_another_order_under_the_same_id_changes_nothing(functions: InProcess) -> None:
    """Its name was forgotten by Step Functions, and used again."""
    product, other = functions.product(stock=10), functions.product(stock=10)
    order = walked(functions, product, until="UpdateStatus")
    impostor = an_order(a_line(other)) | {"order_id": order["order_id"]}
    priced = functions.invoke("CalculatePriceFunction", impostor)
    before = functions.order_row(order["order_id"])

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        functions.invoke("CheckInventoryFunction", priced)
    functions.invoke("FailOrderFunction", failing(priced))

    assert functions.order_row(order["order_id"]) == before
    assert (functions.stock(product), functions.stock(other)) == (9, 10)
    assert len(functions.item_rows(order["order_id"])) == 1


def test_too_late_it_does_not_take_back_what_was_shipped(functions: InProcess) -> None:
    product = functions.product(stock=10)
    order = walked(functions, product, until="UpdateStatus")
    url = f"/orders/{order['order_id']}"
    assert functions.api.put(url, json={"status": "shipped"}).status_code == 200

    functions.invoke("FailOrderFunction", failing(order))

    assert functions.api.get(url).json()["status"] == "shipped"
    assert functions.stock(product) == 9


def test_a_failure_without_a_cause_is_understood(functions: InProcess) -> None:
    order = an_order(a_line("NOPE")) | {"order_id": an_id()}

    failed = functions.invoke("FailOrderFunction", order | {"failure": {"Error": "States.Timeout"}})

    cause = "States.Timeout, no cause given"
    assert failed["failure"] == {"Error": "States.Timeout", "Cause": cause}
