"""The doctor in this process: it reports every inconsistency, and nothing else."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from operations.audit import Window
from operations.doctor.examination import examine
from tests.operations.operated import Operated, moto_execution
from tests.running.aws_calls import when_asked
from tests.running.builders import a_line
from tests.running.definition import TASKS
from tests.running.tables import Tables
from tests.running.waiting import eventually


@pytest.fixture(autouse=True)
def _nothing_else_is_there(system: Operated) -> None:
    system.forget_everything()


def test_orders_at_every_stage_of_their_lives_agree(system: Operated) -> None:
    product = system.product(stock=20)
    moves: list[list[str]] = [[], ["cancelled"], ["failed"], ["shipped"], ["shipped", "delivered"]]
    ids = [system.succeeded(a_line(product, 2)) for _ in range(len(moves) * 2)]
    for order_id, statuses in zip(ids, moves * 2, strict=True):
        for status in statuses:
            system.api.put(f"/orders/{order_id}", json={"status": status}).raise_for_status()
    for order_id in ids[len(moves) :]:
        system.api.delete(f"/orders/{order_id}").raise_for_status()
    system.ended_in("FailOrder", product, "FAILED")
    system.rows(
        "UPDATE inventory SET stock = stock + 5, price = 3 WHERE product_id = :p", p=product
    )

    assert system.findings() == []
    assert system.stock(product) == 20 - 3 * 2 - 2 * 2 + 5


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
@pytest.mark.parametrize("state", TASKS)
def test_an_order_whose_execution_is_running_is_skipped(
    system: Operated, state: str, *, ran: bool
) -> None:
    system.ended_in(state, system.product(), "RUNNING", ran=ran)

    assert system.findings() == []


# Stock.


def test_stock_that_is_gone_is_missed(system: Operated) -> None:
    product = system.product(stock=10)
    order_id = system.succeeded(a_line(product, 3))
    system.rows(
        "UPDATE inventory_reservations SET status = 'released' WHERE order_id = :id", id=order_id
    )

    assert system.findings() == [
        (
            "stock not conserved",
            product,
            "10 received, but 7 in stock, 0 held and 0 shipped make 7: 3 missing",
        ),
        (
            "reservation contradicts order",
            order_id,
            "is processing, but its reservation is released, not held",
        ),
    ]


def test_stock_that_was_given_back_twice_is_too_much(system: Operated) -> None:
    product = system.product(stock=10)
    system.succeeded(a_line(product, 3))
    with as_the_application(system):
        system.rows("UPDATE inventory SET stock = stock + 3 WHERE product_id = :p", p=product)

    assert system.findings() == [
        (
            "stock not conserved",
            product,
            "10 received, but 10 in stock, 3 held and 0 shipped make 13: 3 too many",
        )
    ]


@contextmanager
def as_the_application(system: Operated) -> Iterator[None]:
    """The test's own connection has the functions' role, so that its changes are no receipts."""
    system.rows("SET ROLE order_app")
    yield
    system.rows("RESET ROLE")


def test_stock_that_is_counted_anew_is_not_missed(system: Operated) -> None:
    product, other = system.product(stock=10), system.product(stock=5)
    system.succeeded(a_line(product, 3))
    system.rows("UPDATE inventory SET stock = 2 WHERE product_id = :p", p=product)
    system.rows("DELETE FROM inventory WHERE product_id = :p", p=other)
    system.rows("CREATE TEMP TABLE aside AS SELECT * FROM inventory")
    system.rows("TRUNCATE inventory")
    system.rows("INSERT INTO inventory SELECT * FROM aside ON CONFLICT DO NOTHING")
    system.rows("DROP TABLE aside")

    assert system.findings() == []


# Orders.


@pytest.mark.parametrize(
    ("damage", "kind", "message"),
    [
        (
            "UPDATE orders SET total_amount = 31 WHERE order_id = :id",
            "items do not add up",
            "its items make 30.00, its total is 31.00",
        ),
        (
            "UPDATE orders SET status = 'shipped' WHERE order_id = :id",
            "reservation contradicts order",
            "is shipped, but its reservation is held, not shipped",
        ),
        (
            "DELETE FROM inventory_reservations WHERE order_id = :id",
            "reservation contradicts order",
            "is processing, but its reservation is not there, not held",
        ),
        (
            "UPDATE inventory_reservations SET quantity = 2 WHERE order_id = :id",
            "items unlike reservation",
            "ordered 3 of PRODUCT, reserved 2",
        ),
        (
            "UPDATE orders SET status = 'pending' WHERE order_id = :id",
            "pending order without workflow",
            "is pending, but its execution is SUCCEEDED",
        ),
        (
            "DELETE FROM orders WHERE order_id = :id",
            "reservation without an order",
            "stock is held without an order",
        ),
    ],
)
def test_an_inconsistent_order_is_reported(
    system: Operated, damage: str, kind: str, message: str
) -> None:
    product = system.product()
    order_id = system.succeeded(a_line(product, 3))
    system.rows("ALTER TABLE order_items DROP CONSTRAINT IF EXISTS order_items_order_id_fkey")

    system.rows(damage, id=order_id)

    assert (kind, order_id, message.replace("PRODUCT", product)) in system.findings()


def test_an_order_without_items_is_reported(system: Operated) -> None:
    order_id = system.succeeded(a_line(system.product(), 3))
    system.rows("DELETE FROM order_items WHERE order_id = :id", id=order_id)

    assert ("items do not add up", order_id, "has no items") in system.findings()


def test_an_open_order_whose_execution_is_gone_is_reported(system: Operated) -> None:
    order_id, _ = system.ended_in("PersistOrder", system.product())
    system.forget_executions()

    assert system.findings() == [
        ("pending order without workflow", order_id, "is pending, but its execution is gone")
    ]


def test_a_young_open_order_is_skipped(system: Operated) -> None:
    system.ended_in("PersistOrder", system.product())

    assert examine(Window(older_than=3600)).findings == ()
    assert len(system.findings()) == 1


def test_an_accepted_order_that_left_no_trace_is_reported(system: Operated) -> None:
    order_id = system.create(a_line(system.product()))
    not_noted = system.create(a_line(system.product()))
    system.rows("DELETE FROM accepted_orders WHERE order_id = :id", id=not_noted)
    system.start_by_hand("by-hand", {})
    for name in (order_id, not_noted, "by-hand"):
        system.end(name, "FAILED")

    assert system.findings() == [
        (
            "accepted order without a row",
            not_noted,
            "was accepted and its execution has ended, but it has left no row",
        ),
        (
            "accepted order without a row",
            order_id,
            "was accepted, but is not stored, and its execution is FAILED",
        ),
    ]


def test_a_lost_backup_is_reported(system: Operated) -> None:
    order_id = system.succeeded(a_line(system.product()))
    system.lose_backup(order_id)

    assert system.findings() == [
        (
            "order without its backup",
            order_id,
            "got past BackUpOrder, but its backup is not in the bucket",
        )
    ]


# On a live system.


def test_an_order_whose_execution_ends_meanwhile_is_no_finding(system: Operated) -> None:
    """Open orders are read, then executions are asked for; the order is processed in between."""
    order_id, document = system.ended_in("UpdateStatus", system.product(), "RUNNING", ran=False)

    def succeed() -> None:
        if moto_execution(order_id).status == "RUNNING":
            system.invoke("UpdateStatusFunction", document)
            system.end(order_id, "SUCCEEDED", document)

    with when_asked("stepfunctions.ListExecutions", succeed, only="RUNNING"):
        assert system.findings() == []

    assert moto_execution(order_id).status == "SUCCEEDED"


def test_an_order_that_is_processed_meanwhile_is_no_finding(system: Operated) -> None:
    """Ended executions are listed before the tables are read: their rows are there by then."""
    product = system.product()
    processed: list[str] = []

    def process() -> None:
        if not processed:
            processed.append(system.succeeded(a_line(product)))

    with when_asked("stepfunctions.ListExecutions", process, only="SUCCEEDED"):
        assert system.findings() == []

    assert processed


def test_all_tables_are_read_as_they_were_at_one_moment(system: Operated) -> None:
    """A change that is committed after the first read is not seen by the later ones."""
    order_id = system.succeeded(a_line(system.product(), 3))
    before = examine(Window())
    writer = Tables(system.environment)
    writer.rows("BEGIN")
    writer.rows("LOCK TABLE order_items")  # the doctor reads stock and reservations, and waits

    with ThreadPoolExecutor(1) as thread:
        examination = thread.submit(examine, Window())
        eventually(lambda: assert_waiting(system))
        writer.rows("UPDATE orders SET total_amount = 31 WHERE order_id = :id", id=order_id)
        writer.product()
        writer.rows("COMMIT")
        during = examination.result(timeout=30)

    writer.database.close()
    assert during == before
    assert system.findings() == [
        ("items do not add up", order_id, "its items make 30.00, its total is 31.00")
    ]


def assert_waiting(system: Operated) -> None:
    """The doctor waits for a lock."""
    waiting = system.rows(
        "SELECT FROM pg_stat_activity "
        "WHERE application_name = 'order-doctor' AND wait_event_type = 'Lock'"
    )
    assert waiting


# The command.


def test_the_command_prints_a_sentence_for_each_finding(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = system.succeeded(a_line(system.product()))
    system.lose_backup(order_id)
    capsys.readouterr()

    assert system.command("operations.doctor") == 1

    printed = capsys.readouterr().out
    finding = "got past BackUpOrder, but its backup is not in the bucket"
    looked_at = "1 orders, 1 reservations, 1 products and 1 ended executions"
    assert printed.splitlines() == [
        f"order without its backup: {order_id}: {finding}",
        f"Looked at {looked_at}: 1 findings",
    ]


def test_the_command_says_that_all_agree(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    system.succeeded(a_line(system.product()))
    capsys.readouterr()

    assert system.command("operations.doctor") == 0
    looked_at = "1 orders, 1 reservations, 1 products and 1 ended executions"
    assert capsys.readouterr().out == f"Looked at {looked_at}: all agree\n"


def test_a_database_that_is_not_there_is_one_sentence(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    with system.changed(DB_HOST="/nowhere"):
        assert system.command("operations.doctor") == 2

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "The doctor cannot look: The database cannot be reached\n"
