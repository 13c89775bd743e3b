"""The state machine on the real engine, with scripted failures, started through the API."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from tests.running.builders import Document, a_line
from tests.running.shop import Shop
from tests.running.walking import FORWARD


class Way(NamedTuple):
    """A fault, and what /status must say of it."""

    fault: Document
    error: str
    cause: str


class Broken(NamedTuple):
    """An order whose workflow has failed, and the product that it wanted."""

    order_id: str
    product: str


WAYS = {
    "raises": Way(
        {"kind": "raise", "error": "RuntimeError", "message": "boom"}, "RuntimeError", "boom"
    ),
    "times out": Way(
        {"kind": "timeout", "after": 0.3}, "Sandbox.Timedout", "Task timed out after 0.30 seconds"
    ),
    "is killed": Way({"kind": "kill"}, "Runtime.ExitError", "signal: killed"),
}
"""What becomes of orders under many more faults is in test_failure_matrix.py."""


def assert_failed(shop: Shop, order_id: str, error: str, cause: str) -> None:
    """The execution tells the true error, and the order is recorded as failed."""
    end = shop.end(order_id)
    assert (end["status"], end["error"]) == ("FAILED", error)
    assert cause in end["cause"]
    assert "stackTrace" not in end["cause"]
    row = shop.order_row(order_id)
    assert row is not None
    assert row["status"] == "failed"


def test_an_order_goes_all_the_way(shop: Shop) -> None:
    product = shop.product(price="10.05", stock=10)

    order_id = shop.processed(a_line(product, 3))

    assert shop.path(order_id) == list(FORWARD)
    row = shop.order_row(order_id)
    assert row is not None
    assert (row["status"], row["total_amount"]) == ("processing", Decimal("30.15"))
    assert shop.stock(product) == 7
    assert len(shop.backups(order_id)) == 1


@pytest.fixture(scope="module")
def broken(shop: Shop) -> Iterator[dict[tuple[str, str], Broken]]:
    """One order for every way in which a step keeps failing, all at work at once."""
    products = {(state, way): shop.product(stock=10) for state in FORWARD for way in WAYS}
    for state, way in products:
        mine = {"customer_id": f"{state} {way}"}
        shop.plan(state, WAYS[way].fault | {"times": None, "where": mine})
    orders = {
        (state, way): Broken(shop.create(a_line(product, 3), customer_id=f"{state} {way}"), product)
        for (state, way), product in products.items()
    }
    for order in orders.values():
        shop.end(order.order_id)
    yield orders
    shop.clear_faults()


@pytest.mark.parametrize("state", FORWARD)
@pytest.mark.parametrize("way", WAYS)
def test_a_step_that_keeps_failing_fails_the_order_and_gives_its_stock_back(
    shop: Shop, broken: dict[tuple[str, str], Broken], state: str, way: str
) -> None:
    order_id, product = broken[state, way]

    assert_failed(shop, order_id, WAYS[way].error, WAYS[way].cause)

    assert shop.path(order_id) == [*until(state), "FailOrder", "OrderFailed"]
    assert shop.stock(product) == 10


def test_an_order_waits_for_a_throttled_function_longer_than_for_a_broken_one(shop: Shop) -> None:
    product = shop.product(stock=10)

    with shop.failing(CheckInventory=[{"kind": "throttle", "times": 4}]):
        order_id = shop.processed(a_line(product, 3))

    assert shop.retries(order_id) == 4
    assert shop.stock(product) == 7


def test_a_compensation_that_never_works_is_told_without_a_stack_trace(shop: Shop) -> None:
    with shop.failing(FailOrder=[WAYS["raises"].fault | {"times": None}]):
        order_id = shop.create(a_line("NOPE"))
        end = shop.end(order_id, seconds=90)

    assert (end["status"], end["error"], end["cause"]) == ("FAILED", "RuntimeError", "boom")


def test_an_unknown_product_fails_the_order_at_nothing(shop: Shop) -> None:
    order_id = shop.create(a_line("NOPE", 2))

    assert_failed(shop, order_id, "UnknownProduct", "Unknown product: NOPE")
    assert shop.api.get(f"/orders/{order_id}").json()["total_amount"] == 0


def test_too_little_stock_fails_the_order_at_its_price(shop: Shop) -> None:
    product = shop.product(price="10.05", stock=1)

    order_id = shop.create(a_line(product, 2))

    assert_failed(shop, order_id, "InsufficientStock", f"{product}: 2 wanted, 1 in stock")
    assert shop.api.get(f"/orders/{order_id}").json()["total_amount"] == 20.10
    assert shop.stock(product) == 1


def test_a_total_that_does_not_fit_fails_the_order(shop: Shop) -> None:
    product = shop.product(price="99999999.99")

    order_id = shop.create(a_line(product, 2))

    assert_failed(shop, order_id, "TotalTooHigh", "Total 199999999.98 is over 99999999.99")


def until(state: str) -> tuple[Any, ...]:
    """The forward states up to this one."""
    return FORWARD[: FORWARD.index(state) + 1]
