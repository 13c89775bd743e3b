"""More orders than workers and stock, and workers that are killed meanwhile."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running.builders import a_line, an_order
from tests.running.crowd import Crowd, outcomes, until_quiet, workers_dying
from tests.running.shop import Shop

WORKERS = 8
"""A function has so many workers; further callers wait for one."""


def test_two_hundred_orders_at_once_for_fifty_laptops_sell_fifty(own: Shop) -> None:
    laptop = own.product(stock=50)
    crowd = Crowd(own, connections=200)

    ids = crowd.order(an_order(a_line(laptop)), times=200)
    until_quiet(own)

    assert set(crowd.answered) <= {201, 429}
    assert len(set(ids)) == 200
    assert outcomes(own, ids) == {"processing": 50, "failed": 150}
    assert own.stock(laptop) == 0
    assert errors(own, ids) == {None: 50, "InsufficientStock": 150}
    assert own.reconcile() == {}
    assert own.findings() == []


def test_every_order_ends_once_while_workers_are_killed(
    own: Shop, pytestconfig: pytest.Config
) -> None:
    times, connections = (1000, 50) if pytestconfig.getoption("--all") else (100, 20)
    product = own.product(stock=times)

    with workers_dying(own, seed=times):
        ids = Crowd(own, connections).order(an_order(a_line(product)), times)
        until_quiet(own)
    own.reconcile(at_most=times)

    assert len(set(ids)) == times
    assert own.running() == []
    ended = outcomes(own, ids)
    assert set(ended) <= {"processing", "failed"}
    assert own.stock(product) == times - ended["processing"]
    assert own.findings() == []


def test_a_call_without_a_free_worker_waits_and_then_is_a_429(own: Shop) -> None:
    order_id = own.processed(a_line(own.product()))

    def get() -> int:
        return own.api.get(f"/orders/{order_id}").status_code

    hold = {"kind": "hold", "times": WORKERS}
    with ThreadPoolExecutor(2 * WORKERS) as threads, own.failing(GetOrder=[hold]):
        held = [threads.submit(get) for _ in range(WORKERS)]
        own.until_held("GetOrder", WORKERS)
        refused = own.api.get(f"/orders/{order_id}")
        waiting = [threads.submit(get) for _ in range(WORKERS)]
        own.clear_faults()
        answers = [each.result() for each in (*held, *waiting)]

    assert (refused.status_code, refused.json()) == (429, {"message": "Too Many Requests"})
    assert answers == [200] * 2 * WORKERS


def errors(shop: Shop, ids: list[str]) -> Counter[str | None]:
    """How many of the executions ended with each error."""
    engine = shop.aws("stepfunctions")
    prefix = shop.environment["STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
    ended = [engine.describe_execution(executionArn=f"{prefix}:{each}") for each in ids]
    return Counter(each.get("error") for each in ended)
