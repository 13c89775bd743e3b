"""The reconciler on the real engine: what no Catch can see is settled, once."""

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest

from operations import reconciler
from orders import backups, database, step_functions
from orders.settings import database_settings, settings
from tests.conftest import a_running_stack, serving
from tests.running.builders import Document, a_line, an_order
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import FORWARD, TaskFailed

RAISES: Document = {"kind": "raise", "times": None}
HOLD: Document = {"kind": "hold"}


@pytest.fixture(scope="module")
def own() -> Iterator[Shop]:
    """A stack of its own, so that the doctor may be asked about all of it."""
    with a_running_stack("--faults", "--schedules", "0") as running:
        yield running


@pytest.fixture
def in_process(own: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process is one of the stack's functions."""
    for name, value in own.environment.items():
        monkeypatch.setenv(name, value)
    kept = (settings, database_settings, step_functions._states, backups._s3)  # noqa: SLF001
    for each in kept:
        each.cache_clear()
    yield
    database._forget()  # noqa: SLF001
    for each in kept:
        each.cache_clear()


@pytest.fixture(autouse=True)
def _the_doctor_is_content(own: Shop) -> Iterator[None]:
    """After each test, whatever it did."""
    yield
    assert own.findings() == []


def held_at(shop: Shop, state: str, product: str) -> str:
    """An order whose workflow stands still in that state; gives its id."""
    order_id = shop.create(a_line(product, 3))
    shop.until_held(state)
    return order_id


def failing(state: str) -> dict[str, list[Document]]:
    """The faults that lead to the state and hold the workflow there."""
    on_the_way = {"PersistOrder": [RAISES]} if state == "FailOrder" else {}
    return on_the_way | {state: [HOLD]}


def assert_settled(shop: Shop, order_id: str, product: str, state: str, stock: int = 10) -> None:
    """As failed, with its stock back; as processing when only UpdateStatus was missing."""
    done = state == "UpdateStatus"
    row = shop.order_row(order_id)
    assert row is not None
    assert row["status"] == ("processing" if done else "failed")
    assert shop.stock(product) == (stock - 3 if done else stock)
    assert shop.reservations(order_id) == {"held" if done else "released"}
    assert len(shop.item_rows(order_id)) == 1


@pytest.mark.parametrize("state", [*FORWARD, "FailOrder"])
def test_an_execution_aborted_in_a_state_is_settled(own: Shop, state: str) -> None:
    product = own.product(stock=10)
    with own.failing(**failing(state)):
        order_id = held_at(own, state, product)
        own.abort(order_id)
        assert own.status(order_id)["status"] == "ABORTED"

        outcome = own.reconcile()

    assert outcome == {order_id: "finished" if state == "UpdateStatus" else "failed"}
    own.until_idle()  # the task that was held ran late, after all was settled
    assert_settled(own, order_id, product, state)
    assert own.reconcile() == {}


@pytest.mark.parametrize("state", [*FORWARD, "FailOrder"])
def test_an_execution_that_ran_out_of_time_in_a_state_is_settled(own: Shop, state: str) -> None:
    product = own.product(stock=10)
    with own.machine_timeout(3), own.failing(**failing(state)):
        order_id = held_at(own, state, product)
        assert own.end(order_id)["status"] == "TIMED_OUT"

        outcome = own.reconcile()

    assert outcome == {order_id: "finished" if state == "UpdateStatus" else "failed"}
    own.until_idle()
    assert_settled(own, order_id, product, state)


def test_an_order_keeps_the_price_that_it_had_come_to(own: Shop) -> None:
    product = own.product(price="10.05", stock=10)
    with own.failing(CheckInventory=[HOLD]):
        order_id = held_at(own, "CheckInventory", product)
        own.abort(order_id)
        own.reconcile()

    row = own.order_row(order_id)
    assert row is not None
    assert row["total_amount"] == Decimal("30.15")


def test_an_order_whose_workflow_runs_is_left_to_it(own: Shop) -> None:
    product = own.product(stock=20)
    for state in FORWARD:
        with own.failing(**{state: [HOLD]}):
            order_id = held_at(own, state, product)
            assert own.reconcile() == {}
        assert own.end(order_id)["status"] == "SUCCEEDED"


def test_young_orders_are_left_alone(own: Shop) -> None:
    product = own.product(stock=10)
    with own.failing(PersistOrder=[HOLD]):
        order_id = held_at(own, "PersistOrder", product)
        own.abort(order_id)

        assert own.reconcile(older_than=3600) == {}

    assert own.reconcile() == {order_id: "failed"}


def test_a_dry_run_tells_and_does_nothing(own: Shop) -> None:
    product = own.product(stock=10)
    with own.failing(PersistOrder=[HOLD]):
        order_id = held_at(own, "PersistOrder", product)
        own.abort(order_id)
    own.until_idle()
    lost = own.processed(a_line(product))
    own.lose_backup(lost)

    told = own.command("operations.reconciler", "--dry-run", "--older-than", "0")

    assert told.returncode == 0
    assert told.stdout.splitlines() == [
        f"{order_id} would be failed: its execution is ABORTED",
        f"{lost} would be backed up: its backup was not there",
        "nothing else to settle",
    ]
    assert own.reservations(order_id) == {"held"}
    assert own.backups(lost) == []
    assert own.command("operations.reconciler", "--older-than", "0").stdout.splitlines() == [
        f"{order_id} failed: its execution is ABORTED",
        f"{lost} backed up: its backup was not there",
        "nothing else to settle",
    ]


def test_a_run_is_bounded_and_the_next_goes_on(own: Shop) -> None:
    product = own.product(stock=10)
    with own.failing(PersistOrder=[HOLD | {"times": 3}]):
        ids = {own.create(a_line(product)) for _ in range(3)}
        own.until_held("PersistOrder", 3)
        for order_id in ids:
            own.abort(order_id)

        first, second = own.reconcile(at_most=2), own.reconcile(at_most=2)

    assert (len(first), len(second)) == (2, 1)
    assert first | second == dict.fromkeys(ids, "failed")
    own.until_idle()


def test_two_runs_at_once_settle_an_order_once(own: Shop) -> None:
    product = own.product(stock=30)
    with own.failing(PersistOrder=[HOLD | {"times": 5}]):
        ids = {own.create(a_line(product, 3)) for _ in range(5)}
        own.until_held("PersistOrder", 5)
        for order_id in ids:
            own.abort(order_id)

        with ThreadPoolExecutor(4) as threads:
            runs = list(threads.map(lambda _: own.reconcile(), range(4)))

    assert sorted(order_id for run in runs for order_id in run) == sorted(ids)
    own.until_idle()
    assert own.stock(product) == 30


def test_a_failure_that_could_not_be_recorded_is_recorded_later(own: Shop) -> None:
    product = own.product(stock=10)
    order_id = own.create(a_line(product, 3))
    own.end(order_id)
    own.rows("UPDATE orders SET status = 'pending' WHERE order_id = :id", id=order_id)

    assert own.reconcile() == {order_id: "finished"}

    assert_settled(own, order_id, product, "UpdateStatus")


def test_a_lost_backup_is_made_anew(own: Shop) -> None:
    order_id = own.processed(a_line(own.product(), 3))
    own.lose_backup(order_id)

    assert own.reconcile() == {order_id: "backed up"}

    (backup,) = own.backups(order_id)
    assert backup["document"] == own.api.get(f"/orders/{order_id}").json()


def test_an_order_that_cannot_be_settled_now_is_left_for_the_next_run(own: Shop) -> None:
    product = own.product(stock=10)
    with own.failing(PersistOrder=[HOLD]):
        order_id = held_at(own, "PersistOrder", product)
        own.abort(order_id)
    own.until_idle()
    own.plan_aws("DescribeExecution", {"kind": "error", "status": 500, "times": None})
    assert own.reconcile() == {order_id: "left"}
    own.clear_faults()

    assert own.reconcile() == {order_id: "failed"}


def test_what_was_done_is_told_even_if_the_rest_cannot_be(own: Shop) -> None:
    order_id = aborted(own, own.product(stock=10), state="CheckInventory")
    own.plan_aws("ListObjectsV2", {"kind": "error", "times": None})

    told = own.command("operations.reconciler", "--older-than", "0")

    own.clear_faults()
    assert told.returncode == 2
    assert told.stdout == f"{order_id} failed: its execution is ABORTED\n"
    assert told.stderr.startswith("The reconciler cannot go on: ")


def test_executions_that_are_no_orders_keep_nobody_waiting(own: Shop) -> None:
    documents = {f"by-hand-{uuid4()}": each for each in ([1], {}, {"order_id": "X"}, "words")}
    for name, document in documents.items():
        own.start_by_hand(name, document)
    for name in documents:
        own.end(name)
    lost = own.processed(a_line(own.product()))
    own.lose_backup(lost)

    assert own.reconcile() == {lost: "backed up"}

    assert not any(own.order_row(name) for name in documents)


def aborted(shop: Shop, product: str, state: str = "PersistOrder") -> str:
    """An order whose execution was aborted in the state, whose work was done all the same."""
    with shop.failing(**{state: [HOLD]}):
        order_id = held_at(shop, state, product)
        shop.abort(order_id)
    shop.until_idle()
    return order_id


@pytest.mark.parametrize("move", ["cancelled", "processing", None])
def test_an_order_that_was_moved_after_it_was_judged_stays_where_it_is(
    own: Shop, in_process: None, move: str | None
) -> None:
    order_id = aborted(own, own.product(stock=10))
    verdict = reconciler._judge(order_id)  # noqa: SLF001 - between its two halves
    assert verdict is not None

    if move:
        answer = own.api.put(f"/orders/{order_id}", json={"status": move})
    else:
        answer = own.api.delete(f"/orders/{order_id}")

    assert answer.status_code == 200
    assert not reconciler._settled(*verdict)  # noqa: SLF001
    row = own.order_row(order_id)
    assert (row and row["status"]) == move
    own.reconcile()  # an order that was moved by hand has no backup


def test_an_order_whose_workflow_began_anew_after_it_was_judged_is_left_to_it(
    own: Shop, in_process: None
) -> None:
    order = an_order(a_line(own.product(stock=10), 3))
    key = {"Idempotency-Key": str(uuid4())}
    own.plan("PersistOrder", HOLD)
    order_id = own.api.post("/orders", json=order, headers=key).json()["order_id"]
    own.until_held("PersistOrder")
    kill_engine(own)
    own.clear_faults()
    own.until_idle()  # the task that was held has stored the order
    verdict = reconciler._judge(order_id)  # noqa: SLF001
    assert verdict is not None
    assert verdict[1].why == "its execution is gone"

    own.plan("BackUpOrder", HOLD)
    assert own.api.post("/orders", json=order, headers=key).status_code == 201
    own.until_held("BackUpOrder")

    assert not reconciler._settled(*verdict)  # noqa: SLF001
    own.clear_faults()
    assert own.end(order_id)["status"] == "SUCCEEDED"
    own.reconcile()  # makes the backups that went with the engine's process


def kill_engine(shop: Shop) -> None:
    """End moto's process, and wait for the next."""
    engine = "Step Functions and S3 (moto)"
    killed = shop.pid(engine)
    os.kill(killed, signal.SIGKILL)

    def there_again() -> None:
        assert shop.pid(engine) != killed

    eventually(there_again)


def test_what_is_asked_for_must_make_sense(own: Shop) -> None:
    with pytest.raises(TaskFailed, match="older_than"):
        own.reconcile(older_than=-1)


@pytest.mark.parametrize("command", ["operations.reconciler", "operations.doctor"])
@pytest.mark.parametrize("hours", ["nan", "inf", "0", "-5", "1e12"])
def test_the_commands_take_no_nonsense(own: Shop, command: str, hours: str) -> None:
    told = own.command(command, f"--hours={hours}")

    assert told.returncode == 2
    assert "--hours: Input should be" in told.stderr


def test_what_an_engine_has_forgotten_is_settled_from_the_tables() -> None:
    with TemporaryDirectory(prefix="orders-") as folder:
        with serving(Path(folder), "--faults", "--schedules", "0") as shop:
            product = shop.product(stock=30)
            shop.plan("PersistOrder", HOLD)
            shop.plan("UpdateStatus", HOLD)
            unstored = held_at(shop, "PersistOrder", product)
            last = held_at(shop, "UpdateStatus", product)

        with serving(Path(folder), "--schedules", "0") as shop:
            kinds = [finding["kind"] for finding in shop.findings()]
            assert sorted(kinds) == [
                "pending order without workflow",
                "reservation without an order",
            ]
            # The bucket was forgotten too, so nothing says that the last one was backed up.
            assert shop.reconcile() == dict.fromkeys((unstored, last), "failed")
            assert shop.findings() == []
            assert shop.stock(product) == 30
            row = shop.order_row(unstored)
            assert row is not None
            assert row["total_amount"] == Decimal("0.00")
