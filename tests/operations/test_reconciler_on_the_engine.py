"""The reconciler on a running stack: executions that the real engine aborted or forgot."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.running.builders import Document, a_line
from tests.running.definition import FORWARD, TASKS
from tests.running.shop import Shop
from tests.running.stacks import serving

HOLD: Document = {"kind": "hold"}


@pytest.fixture(autouse=True)
def _the_doctor_finds_nothing_afterwards(own: Shop) -> Iterator[None]:
    yield
    assert own.findings() == []


def held_in_every_state(shop: Shop, product: str) -> dict[str, str]:
    """For each state an order of 3 pieces whose workflow is held there: order ids by state."""
    for state in TASKS:
        shop.plan(state, HOLD | {"times": None, "where": {"customer_id": state}})
    failing = {"kind": "raise", "times": None, "where": {"customer_id": "FailOrder"}}
    shop.plan("PersistOrder", failing)
    ids = {state: shop.create(a_line(product, 3), customer_id=state) for state in TASKS}
    for state in TASKS:
        shop.until_held(state)
    return ids


def assert_repaired(shop: Shop, ids: dict[str, str], product: str, stock: int) -> None:
    """The order held in UpdateStatus is completed, all others are compensated."""
    outcomes = {state: "finished" if state == "UpdateStatus" else "failed" for state in ids}
    assert shop.reconcile() == {ids[state]: outcome for state, outcome in outcomes.items()}

    shop.clear_faults()
    shop.until_idle()  # the tasks that were held have run late, after the repair
    for state, order_id in ids.items():
        completed = state == "UpdateStatus"
        row = shop.order_row(order_id)
        assert row is not None
        assert row["status"] == ("processing" if completed else "failed")
        priced = state != "CalculatePrice"  # the execution knows the prices from then on
        assert row["total_amount"] == Decimal("30.00" if priced else "0.00")
        assert shop.reservations(order_id) == {"held" if completed else "released"}
        assert len(shop.item_rows(order_id)) == 1
    assert shop.stock(product) == stock - 3
    assert shop.reconcile() == {}


def test_orders_whose_execution_was_aborted_are_repaired(own: Shop) -> None:
    product = own.product(stock=100)
    ids = held_in_every_state(own, product)
    assert own.findings() == []
    assert own.reconcile() == {}

    for order_id in ids.values():
        own.abort(order_id)
        assert own.end(order_id)["status"] == "ABORTED"

    assert_repaired(own, ids, product, stock=100)


def test_orders_whose_execution_timed_out_are_repaired(own: Shop) -> None:
    product = own.product(stock=100)
    with own.machine_timeout(6):
        ids = held_in_every_state(own, product)
        for order_id in ids.values():
            assert own.end(order_id)["status"] == "TIMED_OUT"

    assert_repaired(own, ids, product, stock=100)


def test_runs_at_once_repair_an_order_once(own: Shop) -> None:
    product = own.product(stock=30)
    with own.failing(PersistOrder=[HOLD | {"times": 5}]):
        ids = {own.create(a_line(product, 3)) for _ in range(5)}
        own.until_held("PersistOrder", 5)
        for order_id in ids:
            own.abort(order_id)
            own.end(order_id)

        with ThreadPoolExecutor(4) as threads:
            runs = list(threads.map(lambda _: own.reconcile(), range(4)))

    assert sorted(order_id for run in runs for order_id in run) == sorted(ids)
    own.until_idle()
    assert own.stock(product) == 30


def test_the_commands_look_at_the_running_system(own: Shop) -> None:
    order_id = own.processed(a_line(own.product()))
    own.lose_backup(order_id)

    doctor = own.command("operations.doctor")
    reconciler = own.command("operations.reconciler", "--backups")

    finding = "got past BackUpOrder, but its backup is not in the bucket"
    assert doctor.returncode == 1
    assert doctor.stdout.startswith(f"order without its backup: {order_id}: {finding}\nLooked at ")
    assert reconciler.returncode == 0
    assert reconciler.stdout.splitlines() == [
        f"{order_id} backed up: its backup was not there",
        "no other backup is missing",
    ]


def test_what_an_engine_has_forgotten_is_started_again(starts_a_stack: None) -> None:
    with TemporaryDirectory(prefix="orders-") as folder:
        with serving(Path(folder), "--faults", "--schedules", "0") as shop:
            product = shop.product(stock=30)
            ids = [held_in(shop, state, product) for state in FORWARD]

        with serving(Path(folder), "--schedules", "0") as shop:
            assert {finding["kind"] for finding in shop.findings()} == {
                "accepted order without a row",
                "pending order without workflow",
            }
            assert shop.reconcile() == dict.fromkeys(ids, "started again")
            for order_id in ids:
                assert shop.end(order_id)["status"] == "SUCCEEDED"
            assert shop.findings() == []
            assert shop.stock(product) == 30 - 3 * len(ids)


def held_in(shop: Shop, state: str, product: str) -> str:
    """An order of 3 pieces whose workflow is held in the state; returns its id."""
    shop.plan(state, HOLD)
    order_id = shop.create(a_line(product, 3))
    shop.until_held(state)
    return order_id
