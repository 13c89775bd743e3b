"""API calls that race each other, on the workers of a running stack."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from tests.running.builders import a_line, an_id
from tests.running.shop import Shop

CALLERS = 8


def put(shop: Shop, order_id: str, status: str) -> int:
    return shop.api.put(f"/orders/{order_id}", json={"status": status}).status_code


def race(shop: Shop, order_id: str) -> list[int]:
    """Ship and cancel the order, four times each, all at once."""
    with ThreadPoolExecutor(CALLERS) as threads:
        return list(threads.map(partial(put, shop, order_id), ["shipped", "cancelled"] * 4))


def test_racing_moves_have_one_order_of_events_and_move_stock_once(shop: Shop) -> None:
    product = shop.product(stock=100)
    ids = [shop.processed(a_line(product, 3)) for _ in range(4)]

    for order_id in ids:
        statuses = race(shop, order_id)

        row = shop.order_row(order_id)
        assert row is not None
        assert sorted(set(statuses)) == [200, 409]
        assert statuses.count(200) == 4
        held = {"shipped": {"shipped"}, "cancelled": {"released"}}[row["status"]]
        assert shop.reservations(order_id) == held
    shipped = sum(shop.reservations(order_id) == {"shipped"} for order_id in ids)
    assert shop.stock(product) == 100 - 3 * shipped


def test_racing_moves_of_an_order_without_a_reservation_have_one_order_of_events(
    shop: Shop,
) -> None:
    """Such an order was, say, imported from another system."""
    for order_id in [an_id() for _ in range(4)]:
        shop.rows("INSERT INTO orders VALUES (:id, 'C', 1, 'processing')", id=order_id)

        assert race(shop, order_id).count(200) == 4

        shop.rows("DELETE FROM orders WHERE order_id = :id", id=order_id)


def test_racing_deletes_delete_once_and_give_stock_back_once(shop: Shop) -> None:
    product = shop.product(stock=10)
    order_id = shop.processed(a_line(product, 3))

    with ThreadPoolExecutor(CALLERS) as threads:
        answers = list(
            threads.map(lambda _: shop.api.delete(f"/orders/{order_id}"), range(CALLERS))
        )

    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7
    assert shop.stock(product) == 10


def test_racing_moves_and_deletes_do_not_deadlock(shop: Shop) -> None:
    product = shop.product(stock=100)
    ids = [shop.processed(a_line(product, 3)) for _ in range(12)]

    def call(order_id: str) -> list[int]:
        url = f"/orders/{order_id}"
        calls = [
            partial(shop.api.delete, url),
            partial(shop.api.put, url, json={"status": "cancelled"}),
        ]
        with ThreadPoolExecutor(CALLERS) as threads:
            return [answer.status_code for answer in threads.map(lambda this: this(), calls * 4)]

    assert {status for order_id in ids for status in call(order_id)} <= {200, 404}
    assert shop.stock(product) == 100
