"""PostgreSQL, the engine and the workers are killed while orders are in flight.

Each is restarted, and every accepted order ends.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.running.builders import a_line, an_order
from tests.running.crowd import Crowd, outcomes, repair, until_quiet, workers
from tests.running.definition import FORWARD
from tests.running.killing import DATABASE, ENGINE, kill, kill_component, kill_stack
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack, serving
from tests.running.waiting import eventually

HELD = 3
"""So many of a function's eight workers are held; the others keep serving."""
OPTIONS = ("--faults", "--schedules", "0")


@pytest.fixture
def data(starts_a_stack: None) -> Iterator[Path]:
    """A data folder for two stacks, which run one after the other."""
    with TemporaryDirectory(prefix="orders-") as folder:
        yield Path(folder)


@pytest.fixture
def own(starts_a_stack: None) -> Iterator[Shop]:
    """A stack for one test: a component that dies twice in a short time is restarted late."""
    with a_running_stack(*OPTIONS) as stack:
        yield stack


@pytest.fixture
def orders(pytestconfig: pytest.Config) -> int:
    return 200 if pytestconfig.getoption("--all") else 40


def accepted(shop: Shop, product: str, orders: int, inject: Callable[[], None]) -> list[str]:
    """Post orders; inject the fault while some of them are held in each forward state."""
    order = an_order(a_line(product))
    hold_some(shop)
    with ThreadPoolExecutor(1) as thread:
        posting = thread.submit(Crowd(shop, connections=20).order, order, orders)
        try:
            until_some_are_held(shop)
            inject()
        finally:
            shop.clear_faults()
        return posting.result()


def hold_some(shop: Shop) -> None:
    """Hold the next orders in each forward state."""
    for state in FORWARD:
        shop.plan(state, {"kind": "hold", "times": HELD})


def until_some_are_held(shop: Shop) -> None:
    for state in FORWARD:
        shop.until_held(state, HELD)


def assert_ended(shop: Shop, ids: list[str], product: str, stock: int) -> None:
    """Each order has one row, `processing` or `failed`, and the stock is what they left."""
    ended = outcomes(shop, ids)
    assert set(ended) <= {"processing", "failed"}
    assert shop.stock(product) == stock - ended["processing"]


def test_orders_outlive_a_killed_postgresql(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    ids = accepted(own, product, orders, lambda: kill_component(own, DATABASE))
    until_quiet(own)
    repair(own)

    assert_ended(own, ids, product, orders)


def test_warm_workers_replace_the_connections_that_died_with_postgresql(own: Shop) -> None:
    order = an_order(a_line(own.product()))
    Crowd(own, connections=16).order(order, times=32)
    until_quiet(own)
    kill_component(own, DATABASE)

    ids = Crowd(own, connections=16).order(order, times=32)
    until_quiet(own)

    assert outcomes(own, ids) == {"processing": 32}
    assert sum(own.retries(order_id) for order_id in ids) == 0


@pytest.mark.whole  # UpdateStatus retries for a while
def test_orders_whose_compensation_has_a_bug_while_postgresql_is_away_are_repaired(
    own: Shop, orders: int
) -> None:
    product = own.product(stock=orders)

    def inject() -> None:
        own.clear_faults()
        own.plan("UpdateStatus", {"kind": "refuse", "times": None})
        own.plan("FailOrder", {"kind": "raise", "times": None})  # an outage is retried for hours
        kill_component(own, DATABASE)
        until_quiet(own)

    ids = accepted(own, product, orders, inject)
    until_quiet(own)
    outcomes_of_reconciler = own.reconcile(at_most=orders)
    repair(own)

    assert set(outcomes_of_reconciler.values()) == {"failed"}
    assert_ended(own, ids, product, orders)


def test_orders_outlive_a_killed_engine(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    ids = accepted(own, product, orders, lambda: kill_component(own, ENGINE))
    until_quiet(own)
    started_again = own.reconcile()
    until_quiet(own)

    assert set(started_again.values()) == {"started again"}
    assert outcomes(own, ids) == {"processing": orders}
    assert own.stock(product) == 0
    assert own.findings() == []


@pytest.mark.usefixtures("starts_a_stack")
def test_an_engine_that_was_killed_starts_its_orders_again_at_once() -> None:
    """No run of the schedule is due within the hour."""
    with a_running_stack("--faults", "--schedules", "3600") as shop:
        product = shop.product(stock=HELD)
        shop.plan("CalculatePrice", {"kind": "hold", "times": HELD})
        ids = [shop.create(a_line(product)) for _ in range(HELD)]
        shop.until_held("CalculatePrice", HELD)

        kill_component(shop, ENGINE)

        for order_id in ids:
            eventually(partial(assert_processing, shop, order_id))
        shop.clear_faults()
        shop.until_idle()
        assert shop.stock(product) == 0


def assert_processing(shop: Shop, order_id: str) -> None:
    row = shop.order_row(order_id)
    assert row is not None
    assert row["status"] == "processing"


@pytest.mark.whole  # a restart on old data is tested in tests/operations
def test_orders_outlive_the_whole_stack(data: Path, orders: int) -> None:
    with serving(data, *OPTIONS) as shop:
        product = shop.product(stock=orders)
        hold_some(shop)
        ids = Crowd(shop, connections=20).order(an_order(a_line(product)), orders)
        until_some_are_held(shop)
        kill_stack(shop)

    with serving(data, *OPTIONS) as shop:
        shop.reconcile(at_most=orders)
        until_quiet(shop)

        assert shop.findings() == []
        assert outcomes(shop, ids) == {"processing": orders}
        assert shop.stock(product) == 0


def test_orders_outlive_all_workers(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    def inject() -> None:
        for worker in workers(own):
            kill(worker)

    ids = accepted(own, product, orders, inject)
    until_quiet(own)
    repair(own)

    assert_ended(own, ids, product, orders)
