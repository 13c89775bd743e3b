"""PersistOrder on the real database."""

from decimal import Decimal

import pytest

from tests.running.shop import Shop, TaskFailed
from tests.running.walking import failing, walked


def test_stores_the_order_with_its_items_as_pending(shop: Shop) -> None:
    product = shop.product(price="10.05")

    order = walked(shop, product, until="PersistOrder", quantity=3)

    row = shop.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("pending", Decimal("30.15"))
    assert shop.item_rows(order["order_id"]) == [
        {"product_id": product, "quantity": 3, "price": Decimal("10.05")}
    ]
    assert order["created_at"] == row["created_at"].isoformat(timespec="seconds")


def test_a_second_run_gives_the_same_order(shop: Shop) -> None:
    reserved = walked(shop, shop.product(), until="CheckInventory")

    first = shop.invoke("PersistOrderFunction", reserved)

    assert shop.invoke("PersistOrderFunction", reserved) == first


def test_too_late_after_the_order_failed_it_stores_nothing_new(shop: Shop) -> None:
    reserved = walked(shop, shop.product(), until="CheckInventory")
    shop.invoke("FailOrderFunction", failing(reserved))

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        shop.invoke("PersistOrderFunction", reserved)

    row = shop.order_row(reserved["order_id"])
    assert row is not None
    assert row["status"] == "failed"


def test_too_late_after_a_delete_it_does_not_bring_the_order_back(shop: Shop) -> None:
    reserved = walked(shop, shop.product(), until="CheckInventory")
    shop.invoke("PersistOrderFunction", reserved)
    assert shop.api.delete(f"/orders/{reserved['order_id']}").status_code == 200

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        shop.invoke("PersistOrderFunction", reserved)

    assert shop.order_row(reserved["order_id"]) is None
