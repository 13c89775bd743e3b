"""Everything is killed while orders are accepted; whatever was answered with 201 ends right.

Nobody helps: no operator's command, no repeated POST. The reconciler runs on its schedule, and when
the engine has started.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Event

import httpx
import pytest

from tests.running.builders import a_line, an_order
from tests.running.crowd import outcomes, until_quiet, workers
from tests.running.killing import DATABASE, ENGINE, kill, kill_component, kill_stack
from tests.running.shop import Shop
from tests.running.stacks import serving
from tests.running.waiting import eventually

STORMS, ORDERS, CALLERS, STOCK = 10, 48, 8, 1000
BETWEEN_KILLS = ORDERS // 4
OPTIONS = ("--unkind", "--faults", "--schedules", "5")
SECONDS_TO_END = 180
"""The reconciler's schedule skips orders that are younger than a minute."""


@pytest.fixture
def data(starts_a_stack: None) -> Iterator[Path]:
    """A data folder for the stack that is killed, and the one after it."""
    with TemporaryDirectory(prefix="orders-") as folder:
        yield Path(folder)


def kill_workers(shop: Shop) -> None:
    for worker in workers(shop):
        kill(worker)


KILLS: tuple[Callable[[Shop], None], ...] = (
    partial(kill_component, component=ENGINE),
    partial(kill_component, component=DATABASE),
    kill_workers,
)


@contextmanager
def accepting(shop: Shop, product: str, ids: list[str]) -> Iterator[None]:
    """Callers that post until so many orders are accepted, or the context ends."""
    ended = Event()

    def post() -> None:
        while len(ids) < ORDERS and not ended.is_set():
            try:
                answer = shop.api.post("/orders", json=an_order(a_line(product)))
            except httpx.TransportError:
                continue  # the stack is dead, or its answer was lost: nothing was promised
            if answer.status_code == 201:
                ids.append(answer.json()["order_id"])

    with ThreadPoolExecutor(CALLERS) as threads:
        for _ in range(CALLERS):
            threads.submit(post)
        try:
            yield
        finally:
            ended.set()


def until_accepted(ids: list[str], orders: int) -> None:
    def accepted() -> None:
        assert len(ids) >= orders

    eventually(accepted, SECONDS_TO_END)


@pytest.mark.whole
@pytest.mark.parametrize("storm", range(STORMS))
def test_what_was_accepted_in_a_storm_of_kills_ends_right(data: Path, storm: int) -> None:
    ids: list[str] = []
    with serving(data, *OPTIONS) as shop:
        product = shop.product(stock=STOCK)
        with accepting(shop, product, ids):
            for number, kill_some in enumerate(Random(storm).sample(KILLS, len(KILLS)), start=1):  # noqa: S311 - chance, no secret
                until_accepted(ids, number * BETWEEN_KILLS)
                kill_some(shop)
            kill_stack(shop)  # all at once

    with serving(data, *OPTIONS) as shop:
        with accepting(shop, product, ids):
            until_accepted(ids, ORDERS)
        eventually(partial(assert_settled, shop, ids), SECONDS_TO_END)
        until_quiet(shop)

        assert set(outcomes(shop, ids)) <= {"processing", "failed"}
        assert shop.findings() == []
        # Orders whose 201 was lost on its way took stock too.
        (row,) = shop.rows("SELECT count(*) AS orders FROM orders WHERE status = 'processing'")
        assert shop.stock(product) == STOCK - row["orders"]


def assert_settled(shop: Shop, ids: list[str]) -> None:
    """Every order is settled, and each that was answered with 201 has one row."""
    open_orders = shop.rows("SELECT order_id FROM accepted_orders WHERE settled_at IS NULL")
    assert open_orders == []
    assert sum(outcomes(shop, ids).values()) == len(set(ids))
