"""The state machine on the real engine, with scripted failures, started through the API."""

from decimal import Decimal
from typing import Any

import pytest

from tests.shop import Document, Shop, a_line
from tests.tasks.walking import FORWARD

RAISES: Document = {"kind": "raise", "error": "RuntimeError", "message": "boom"}
TIMES_OUT: Document = {"kind": "timeout", "after": 0.3}
KILLED: Document = {"kind": "kill"}
ALWAYS: Document = {"times": None}


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


@pytest.mark.parametrize("state", FORWARD)
@pytest.mark.parametrize(
    ("fault", "error", "cause"),
    [
        (RAISES, "RuntimeError", "boom"),
        (TIMES_OUT, "Sandbox.Timedout", "Task timed out after 0.30 seconds"),
        (KILLED, "Runtime.ExitError", "signal: killed"),
    ],
    ids=["raises", "times out", "is killed"],
)
def test_a_step_that_keeps_failing_fails_the_order_and_gives_its_stock_back(
    shop: Shop, state: str, fault: Document, error: str, cause: str
) -> None:
    product = shop.product(stock=10)

    with shop.failing(**{state: [fault | ALWAYS]}):
        order_id = shop.create(a_line(product, 3))
        assert_failed(shop, order_id, error, cause)

    assert shop.path(order_id) == [*until(state), "FailOrder", "OrderFailed"]
    assert shop.stock(product) == 10


@pytest.mark.parametrize("state", [*FORWARD[1:3], FORWARD[4]])
def test_a_step_whose_work_was_done_but_whose_answers_are_lost_is_undone(
    shop: Shop, state: str
) -> None:
    product = shop.product(stock=10)

    with shop.failing(**{state: [KILLED | ALWAYS | {"when": "after"}]}):
        order_id = shop.create(a_line(product, 3))
        assert_failed(shop, order_id, "Runtime.ExitError", "signal: killed")

    assert shop.stock(product) == 10


@pytest.mark.parametrize("state", FORWARD)
@pytest.mark.parametrize(
    "fault",
    [TIMES_OUT, KILLED, KILLED | {"when": "after"}],
    ids=["times out", "is killed", "is killed after its work"],
)
def test_a_passing_fault_is_retried_and_the_order_goes_all_the_way(
    shop: Shop, state: str, fault: Document
) -> None:
    product = shop.product(stock=10)

    with shop.failing(**{state: [fault]}):
        order_id = shop.processed(a_line(product, 3))

    assert shop.path(order_id) == list(FORWARD)
    assert shop.stock(product) == 7


def test_an_order_waits_for_a_throttled_function_longer_than_for_a_broken_one(shop: Shop) -> None:
    product = shop.product(stock=10)

    with shop.failing(CheckInventory=[{"kind": "throttle", "times": 4}]):
        order_id = shop.processed(a_line(product, 3))

    assert shop.retries(order_id) == 4
    assert shop.stock(product) == 7


@pytest.mark.parametrize("fault", [RAISES, TIMES_OUT, KILLED], ids=["raises", "hangs", "dies"])
def test_the_compensation_is_tried_again_whatever_befalls_it(shop: Shop, fault: Document) -> None:
    product = shop.product(stock=1)

    with shop.failing(FailOrder=[fault | {"times": 2}]):
        order_id = shop.create(a_line(product, 2))
        assert_failed(shop, order_id, "InsufficientStock", "2 wanted, 1 in stock")


def test_a_compensation_that_never_works_is_told_without_a_stack_trace(shop: Shop) -> None:
    with shop.failing(FailOrder=[RAISES | ALWAYS]):
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
