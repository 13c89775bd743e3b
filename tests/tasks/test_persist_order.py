"""PersistOrder on the real database."""

from decimal import Decimal

import pytest

from tests.running.definition import before
from tests.running.in_process import InProcess
from tests.running.walking import TaskFailed, failing, walked


def test_stores_the_order_with_its_items_as_pending(functions: InProcess) -> None:
    product = functions.product(price="10.05")

    order = walked(functions, product, until="PersistOrder", quantity=3)

    row = functions.order_row(order["order_id"])
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("pending", Decimal("30.15"))
    assert functions.item_rows(order["order_id"]) == [
        {"product_id": product, "quantity": 3, "price": Decimal("10.05")}
    ]
    assert order["created_at"] == row["created_at"].isoformat(timespec="seconds")


def test_a_second_run_gives_the_same_order(functions: InProcess) -> None:
    reserved = walked(functions, functions.product(), until=before("PersistOrder"))

    first = functions.invoke("PersistOrderFunction", reserved)

    assert functions.invoke("PersistOrderFunction", reserved) == first


def test_too_late_after_the_order_failed_it_stores_nothing_new(functions: InProcess) -> None:
    reserved = walked(functions, functions.product(), until=before("PersistOrder"))
    functions.invoke("FailOrderFunction", failing(reserved))

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        functions.invoke("PersistOrderFunction", reserved)

    row = functions.order_row(reserved["order_id"])
    assert row is not None
    assert row["status"] == "failed"


def test_too_late_after_a_delete_it_does_not_bring_the_order_back(functions: InProcess) -> None:
    reserved = walked(functions, functions.product(), until=before("PersistOrder"))
    functions.invoke("PersistOrderFunction", reserved)
    functions.make_older(reserved["order_id"])
    assert functions.api.delete(f"/orders/{reserved['order_id']}").status_code == 200

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        functions.invoke("PersistOrderFunction", reserved)

    assert functions.order_row(reserved["order_id"]) is None
