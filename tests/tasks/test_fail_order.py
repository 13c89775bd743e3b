"""FailOrder after every state, twice, and too late."""

import json
from decimal import Decimal

import pytest

from tests.running.shop import Shop, TaskFailed, a_line, an_id, an_order
from tests.running.walking import FORWARD, failing, walked


@pytest.mark.parametrize("state", FORWARD)
def test_after_any_state_the_order_is_failed_and_its_stock_back(shop: Shop, state: str) -> None:
    product = shop.product(stock=10, price="10.05")
    order = walked(shop, product, until=state, quantity=3)

    for _ in range(2):
        shop.invoke("FailOrderFunction", failing(order))

    row = shop.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("failed", Decimal("30.15"))
    assert len(shop.item_rows(order["order_id"])) == 1
    assert shop.stock(product) == 10
    assert shop.reservations(order["order_id"]) == {"released"}


def test_an_order_refused_before_it_was_priced_is_recorded_at_nothing(shop: Shop) -> None:
    order = an_order(a_line("NOPE", 2)) | {"order_id": an_id()}

    shop.invoke("FailOrderFunction", failing(order, "UnknownProduct"))

    row = shop.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("failed", Decimal("0.00"))
    assert shop.item_rows(order["order_id"]) == [
        {"product_id": "NOPE", "quantity": 2, "price": Decimal("0.00")}
    ]


def test_too_late_it_does_not_bring_a_deleted_order_back(shop: Shop) -> None:
    product = shop.product(stock=10)
    order = walked(shop, product, until="UpdateStatus")
    assert shop.api.delete(f"/orders/{order['order_id']}").status_code == 200

    shop.invoke("FailOrderFunction", failing(order))

    assert shop.order_row(order["order_id"]) is None
    assert shop.stock(product) == 10


def test_another_order_under_the_same_id_changes_nothing(shop: Shop) -> None:
    """Its name was forgotten by Step Functions, and used again."""
    product, other = shop.product(stock=10), shop.product(stock=10)
    order = walked(shop, product, until="UpdateStatus")
    impostor = an_order(a_line(other)) | {"order_id": order["order_id"]}
    priced = shop.invoke("CalculatePriceFunction", impostor)
    before = shop.order_row(order["order_id"])

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        shop.invoke("CheckInventoryFunction", priced)
    shop.invoke("FailOrderFunction", failing(priced))

    assert shop.order_row(order["order_id"]) == before
    assert (shop.stock(product), shop.stock(other)) == (9, 10)
    assert len(shop.item_rows(order["order_id"])) == 1


def test_too_late_it_does_not_take_back_what_was_shipped(shop: Shop) -> None:
    product = shop.product(stock=10)
    order = walked(shop, product, until="UpdateStatus")
    url = f"/orders/{order['order_id']}"
    assert shop.api.put(url, json={"status": "shipped"}).status_code == 200

    shop.invoke("FailOrderFunction", failing(order))

    assert shop.api.get(url).json()["status"] == "shipped"
    assert shop.stock(product) == 9


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (json.dumps({"errorMessage": "no luck", "stackTrace": ["secret"]}), "no luck"),
        ("plain words", "plain words"),
        ("", "RuntimeError, no cause given"),
        ('["a", "list"]', '["a", "list"]'),
    ],
)
def test_the_cause_is_told_in_words(shop: Shop, cause: str, told: str) -> None:
    order = an_order(a_line("NOPE")) | {"order_id": an_id()}

    failed = shop.invoke("FailOrderFunction", failing(order, "RuntimeError", cause))

    assert failed["failure"] == {"Error": "RuntimeError", "Cause": told}


def test_a_failure_without_a_cause_is_understood(shop: Shop) -> None:
    order = an_order(a_line("NOPE")) | {"order_id": an_id()}

    failed = shop.invoke("FailOrderFunction", order | {"failure": {"Error": "States.Timeout"}})

    cause = "States.Timeout, no cause given"
    assert failed["failure"] == {"Error": "States.Timeout", "Cause": cause}
