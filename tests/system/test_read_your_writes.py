"""Read-your-writes against a running workflow: create, read, update, delete in one breath."""

import pytest

from tests.running.builders import Document, a_line
from tests.running.shop import Shop
from tests.running.waiting import eventually

SLOW: list[Document] = [{"kind": "timeout", "after": 1}]
VERY_SLOW: list[Document] = [{"kind": "timeout", "after": 30}]


def test_a_row_that_is_not_there_yet_is_waited_for(shop: Shop) -> None:
    with shop.failing(CalculatePrice=SLOW):
        order_id = shop.create(a_line(shop.product()))

        assert shop.order_row(order_id) is None
        answer = shop.api.get(f"/orders/{order_id}")

    assert answer.status_code == 200
    assert answer.json()["order_id"] == order_id


@pytest.mark.parametrize("state", ["CalculatePrice", "BackUpOrder"])
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nothing_is_changed_under_the_workflows_feet(shop: Shop, state: str, method: str) -> None:
    with shop.failing(**{state: SLOW}):
        order_id = shop.create(a_line(shop.product()))
        body = {"status": "shipped"} if method == "PUT" else None

        answer = shop.api.request(method, f"/orders/{order_id}", json=body)

    assert answer.status_code == 200, answer.text
    assert shop.end(order_id)["status"] == "SUCCEEDED"


def test_an_order_that_takes_too_long_answers_when_to_ask_again(shop: Shop) -> None:
    product = shop.product(stock=10)
    with shop.failing(BackUpOrder=VERY_SLOW):
        order_id = shop.create(a_line(product))

        answers = [
            shop.api.put(f"/orders/{order_id}", json={"status": "cancelled"}),
            shop.api.get(f"/orders/{order_id}"),
        ]

    assert answers[0].status_code == 409
    assert answers[0].json() == {"message": "Order is still being processed"}
    assert int(answers[0].headers["retry-after"]) > 0
    assert answers[1].json()["status"] == "pending"

    def cancelled() -> None:
        answer = shop.api.put(f"/orders/{order_id}", json={"status": "cancelled"})
        assert answer.status_code == 200

    eventually(cancelled, seconds=60)
    assert shop.stock(product) == 10


def test_an_order_that_fails_can_be_read_at_once(shop: Shop) -> None:
    order_id = shop.create(a_line("NOPE"))

    assert shop.api.get(f"/orders/{order_id}").json()["status"] == "failed"
