"""PostgreSQL, the engine and the workers are killed while orders are under way.

What died comes back, and every accepted order that anybody still knows ends.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from tests.conftest import a_running_stack
from tests.running.builders import a_line, an_order
from tests.running.crowd import Crowd, kill, outcomes, settle, until_quiet, workers
from tests.running.shop import Shop
from tests.running.waiting import eventually

ENGINE = "Step Functions and S3 (moto)"
STATES = ("CalculatePrice", "CheckInventory", "PersistOrder", "BackUpOrder", "UpdateStatus")
HELD = 3
"""Of a function's eight workers, so that other orders go on."""


@pytest.fixture
def own() -> Iterator[Shop]:
    """A stack for one test: what dies twice in a short time is given up."""
    with a_running_stack("--faults", "--schedules", "0") as stack:
        yield stack


@pytest.fixture
def orders(pytestconfig: pytest.Config) -> int:
    return 200 if pytestconfig.getoption("--all") else 40


def accepted(shop: Shop, product: str, orders: int, strike: Callable[[], None]) -> list[str]:
    """Post orders; strike when some of them are in each state, and others still on their way."""
    order = an_order(a_line(product))
    for state in STATES:
        shop.plan(state, {"kind": "hold", "times": HELD})
    with ThreadPoolExecutor(1) as thread:
        posting = thread.submit(Crowd(shop, connections=20).order, order, orders)
        try:
            for state in STATES:
                shop.until_held(state, HELD)
            strike()
        finally:
            shop.clear_faults()
        return posting.result()


def kill_component(shop: Shop, component: str) -> None:
    """Kill it, and wait until it is there again."""
    killed = shop.pid(component)
    kill(psutil.Process(killed))

    def there_again() -> None:
        assert shop.pid(component) != killed

    eventually(there_again, seconds=60)
    shop.reconnect()


def assert_ended(shop: Shop, ids: list[str], product: str, stock: int) -> None:
    """Each has one row, `processing` or `failed`, and stock is what they left of it."""
    ended = outcomes(shop, ids)
    assert set(ended) <= {"processing", "failed"}
    assert shop.stock(product) == stock - ended["processing"]


def test_orders_outlive_a_killed_postgresql(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    ids = accepted(own, product, orders, lambda: kill_component(own, "PostgreSQL"))
    until_quiet(own)
    settle(own)

    assert_ended(own, ids, product, orders)


def test_warm_workers_replace_the_connections_that_died_with_postgresql(own: Shop) -> None:
    order = an_order(a_line(own.product()))
    Crowd(own, connections=16).order(order, times=32)
    until_quiet(own)
    kill_component(own, "PostgreSQL")

    ids = Crowd(own, connections=16).order(order, times=32)
    until_quiet(own)

    assert outcomes(own, ids) == {"processing": 32}
    assert sum(own.retries(order_id) for order_id in ids) == 0


@pytest.mark.whole  # FailOrder's back-off takes half a minute
def test_orders_whose_retries_ran_out_without_postgresql_are_settled(
    own: Shop, orders: int
) -> None:
    product = own.product(stock=orders)

    def strike() -> None:
        own.clear_faults()
        for state in ("UpdateStatus", "FailOrder"):
            own.plan(state, {"kind": "refuse", "times": None})
        kill_component(own, "PostgreSQL")
        until_quiet(own)

    ids = accepted(own, product, orders, strike)
    until_quiet(own)
    outcomes_of_reconciler = own.reconcile(at_most=orders)
    settle(own)

    assert set(outcomes_of_reconciler.values()) == {"failed"}
    assert_ended(own, ids, product, orders)


def test_orders_that_the_tables_know_outlive_a_killed_engine(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    ids = accepted(own, product, orders, lambda: kill_component(own, ENGINE))
    until_quiet(own)
    settle(own)

    known = {row["order_id"] for row in own.rows("SELECT order_id FROM inventory_reservations")}
    forgotten = set(ids) - known
    assert_ended(own, sorted(set(ids) & known), product, orders)
    assert forgotten, "those that had not come to CheckInventory"
    for order_id in forgotten:
        assert own.order_row(order_id) is None
        assert own.api.get(f"/status/{order_id}").status_code == 404


def test_orders_outlive_all_workers(own: Shop, orders: int) -> None:
    product = own.product(stock=orders)

    def strike() -> None:
        for worker in workers(own):
            kill(worker)

    ids = accepted(own, product, orders, strike)
    until_quiet(own)
    settle(own)

    assert_ended(own, ids, product, orders)
