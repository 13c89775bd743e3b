"""Listing, reading, moving and deleting orders over HTTP."""

import re
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.running.builders import Document, a_line, an_id
from tests.running.shop import Shop


def list_orders(shop: Shop, **query: str | int) -> Document:
    answer = shop.api.get("/orders", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def put(shop: Shop, order_id: str, status: str) -> tuple[int, Document]:
    answer = shop.api.put(f"/orders/{order_id}", json={"status": status})
    return answer.status_code, answer.json()


def test_an_order_reads_as_in_the_seed(shop: Shop) -> None:
    first, second = sorted([shop.product(price="50.25"), shop.product(price="50.25")])

    order_id = shop.processed(a_line(second, 1), a_line(first, 2))

    answer = shop.api.get(f"/orders/{order_id}")
    order = answer.json()
    assert list(order) == [
        *("order_id", "customer_id", "total_amount", "status", "created_at", "items")
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", order["created_at"])
    assert order | {"created_at": ""} == {
        "order_id": order_id,
        "customer_id": "CUST001",
        "total_amount": 150.75,
        "status": "processing",
        "created_at": "",
        "items": [
            {"product_id": first, "quantity": 2, "price": 50.25},
            {"product_id": second, "quantity": 1, "price": 50.25},
        ],
    }


def test_money_has_two_places(shop: Shop) -> None:
    order_id = shop.processed(a_line(shop.product(price="50.10"), 2))

    assert '"total_amount": 100.20' in shop.api.get(f"/orders/{order_id}").text


def test_a_list_is_newest_first_in_pages_with_true_totals(shop: Shop) -> None:
    product, customer = shop.product(), f"customer {an_id()[:8]}"
    ids = [shop.create(a_line(product), customer_id=customer) for _ in range(5)]
    for order_id in ids:
        shop.end(order_id)

    pages = [list_orders(shop, customer_id=customer, limit=2, page=page) for page in (1, 2, 3, 4)]

    assert [page["pagination"] for page in pages] == [
        {"page": page, "limit": 2, "total": 5, "pages": 3} for page in (1, 2, 3, 4)
    ]
    listed = [order for page in pages for order in page["orders"]]
    assert {order["order_id"] for order in listed} == set(ids)
    assert pages[3]["orders"] == []
    by_id = sorted(listed, key=lambda order: order["order_id"])
    assert listed == sorted(by_id, key=lambda order: order["created_at"], reverse=True)


def test_a_list_shows_the_seeds_fields_and_defaults(shop: Shop) -> None:
    order_id = shop.processed(a_line(shop.product()))

    listed = list_orders(shop)

    assert (listed["pagination"]["page"], listed["pagination"]["limit"]) == (1, 10)
    (mine,) = (order for order in listed["orders"] if order["order_id"] == order_id)
    assert list(mine) == ["order_id", "customer_id", "total_amount", "status", "created_at"]


def test_filters_narrow_the_list(shop: Shop) -> None:
    product, customer = shop.product(stock=1), f"customer {an_id()[:8]}"
    good = shop.create(a_line(product), customer_id=customer)
    shop.end(good)
    bad = shop.create(a_line(product), customer_id=customer)
    shop.end(bad)

    def ids(**query: str) -> list[str]:
        found = list_orders(shop, customer_id=customer, **query)
        assert found["pagination"]["total"] == len(found["orders"])
        return [order["order_id"] for order in found["orders"]]

    assert ids(status="processing") == [good]
    assert ids(status="failed") == [bad]
    assert ids(status="delivered") == []


def test_a_page_beyond_counting_is_empty(shop: Shop) -> None:
    assert list_orders(shop, page=10**30)["orders"] == []


def test_an_order_can_be_shipped_and_delivered_and_its_stock_is_gone(shop: Shop) -> None:
    product = shop.product(stock=10)
    order_id = shop.create(a_line(product, 3))

    for status in ("shipped", "delivered"):
        assert put(shop, order_id, status) == (
            200,
            {"message": "Order updated successfully", "order_id": order_id, "status": status},
        )

    assert shop.stock(product) == 7
    assert shop.reservations(order_id) == {"shipped"}


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_an_order_that_is_called_off_gives_its_stock_back_once(shop: Shop, status: str) -> None:
    product = shop.product(stock=10)
    order_id = shop.create(a_line(product, 3))

    assert put(shop, order_id, status)[0] == 200
    assert put(shop, order_id, status)[0] == 200
    assert shop.api.delete(f"/orders/{order_id}").status_code == 200

    assert shop.stock(product) == 10


ALLOWED = {
    "pending": {"processing", "cancelled", "failed"},
    "processing": {"shipped", "cancelled", "failed"},
    "shipped": {"delivered"},
    "delivered": set(),
    "cancelled": set(),
    "failed": set(),
}


@pytest.mark.parametrize("present", ALLOWED)
@pytest.mark.parametrize("wanted", ALLOWED)
def test_only_the_contracts_moves_are_allowed(shop: Shop, present: str, wanted: str) -> None:
    order_id = shop.processed(a_line(shop.product()))
    shop.rows("UPDATE orders SET status = :to WHERE order_id = :id", to=present, id=order_id)

    status, body = put(shop, order_id, wanted)

    if wanted == present or wanted in ALLOWED[present]:
        assert status == 200
    else:
        message = f"Order cannot go from {present} to {wanted}"
        assert (status, body) == (409, {"message": message})
    row = shop.order_row(order_id)
    assert row is not None
    assert row["status"] == (wanted if status == 200 else present)


def test_moves_that_race_are_one_story_and_move_stock_once(shop: Shop) -> None:
    product = shop.product(stock=100)
    ids = [shop.processed(a_line(product, 3)) for _ in range(4)]

    def race(order_id: str) -> tuple[str, list[int]]:
        moves = ["shipped", "cancelled"] * 4
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(lambda move: put(shop, order_id, move), moves))
        return order_id, [status for status, _ in answers]

    for order_id, statuses in map(race, ids):
        row = shop.order_row(order_id)
        assert row is not None
        assert sorted(set(statuses)) == [200, 409]
        assert statuses.count(200) == 4
        held = {"shipped": {"shipped"}, "cancelled": {"released"}}[row["status"]]
        assert shop.reservations(order_id) == held
    shipped = sum(shop.reservations(order_id) == {"shipped"} for order_id in ids)
    assert shop.stock(product) == 100 - 3 * shipped


def test_moves_of_an_order_that_came_without_a_reservation_do_not_cross(shop: Shop) -> None:
    """Say, one that was brought over from another system."""
    for order_id in [an_id() for _ in range(4)]:
        shop.rows("INSERT INTO orders VALUES (:id, 'C', 1, 'processing')", id=order_id)
        with ThreadPoolExecutor(8) as threads:
            moves = ["shipped", "cancelled"] * 4
            answers = list(threads.map(partial(put, shop, order_id), moves))

        assert [status for status, _ in answers].count(200) == 4


def test_deletes_that_race_delete_once_and_give_stock_back_once(shop: Shop) -> None:
    product = shop.product(stock=10)
    order_id = shop.processed(a_line(product, 3))

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: shop.api.delete(f"/orders/{order_id}"), range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [404] * 7
    assert shop.stock(product) == 10


def test_moves_and_deletes_that_race_do_not_trip_over_each_other(shop: Shop) -> None:
    product = shop.product(stock=100)
    ids = [shop.processed(a_line(product, 3)) for _ in range(12)]

    def ask(order_id: str) -> list[int]:
        url = f"/orders/{order_id}"
        asks = [
            partial(shop.api.delete, url),
            partial(shop.api.put, url, json={"status": "cancelled"}),
        ]
        with ThreadPoolExecutor(8) as threads:
            return [answer.status_code for answer in threads.map(lambda ask: ask(), asks * 4)]

    assert {status for order_id in ids for status in ask(order_id)} <= {200, 404}
    assert shop.stock(product) == 100


def test_a_deleted_order_is_gone_with_its_items_and_keeps_its_backup(shop: Shop) -> None:
    product = shop.product(stock=10)
    order_id = shop.create(a_line(product, 3))

    answer = shop.api.delete(f"/orders/{order_id}")

    assert (answer.status_code, answer.json()) == (
        200,
        {"message": "Order deleted successfully", "order_id": order_id},
    )
    assert shop.api.get(f"/orders/{order_id}").status_code == 404
    assert shop.item_rows(order_id) == []
    assert shop.stock(product) == 10
    assert len(shop.backups(order_id)) == 1


def test_deleting_what_has_shipped_brings_no_stock_back(shop: Shop) -> None:
    product = shop.product(stock=10)
    order_id = shop.create(a_line(product, 3))
    assert put(shop, order_id, "shipped")[0] == 200

    assert shop.api.delete(f"/orders/{order_id}").status_code == 200

    assert shop.stock(product) == 7
