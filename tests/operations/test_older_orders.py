"""sql/migrations/0009: orders from before their notes are noted, while functions go on."""

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from pg8000.native import Connection

from operations.migrations import FOLDER, migrate
from orders.database import connect
from orders.settings import DatabaseSettings
from tests.running.waiting import eventually

OLDER = """
INSERT INTO orders (order_id, customer_id, total_amount, status) VALUES
    ('pending', 'C', 1, 'pending'), ('processing', 'C', 1, 'processing'),
    ('shipped', 'C', 1, 'shipped'), ('failed', 'C', 1, 'failed');
INSERT INTO inventory_reservations (order_id, customer_id, product_id, quantity, status, created_at)
SELECT id, 'C', product, 1, status, '2020-01-01'
FROM unnest(ARRAY['P', 'Q']) AS of (product), (
    VALUES
        ('reserved', 'held'), ('pending', 'held'), ('processing', 'held'), ('shipped', 'shipped'),
        ('failed', 'released'), ('deleted', 'released'), ('shipped and deleted', 'shipped')
) AS reserved (id, status)
"""
OPEN = {"reserved", "pending"}
DELETED = {"deleted", "shipped and deleted"}


@pytest.fixture
def conn(empty_database: DatabaseSettings, tmp_path: Path) -> Iterator[Connection]:
    """A database of release 0.1.0 with orders of every kind."""
    with closing(connect(empty_database)) as opened:
        migrate_up_to(6, opened, tmp_path)
        opened.run(OLDER)
        yield opened


def migrate_up_to(number: int, conn: Connection, folder: Path) -> None:
    for path in FOLDER.glob("*.sql"):
        if int(path.name[:4]) <= number:
            shutil.copy(path, folder)
    migrate(conn, folder)


def test_older_orders_are_noted_as_far_as_they_have_come(conn: Connection) -> None:
    migrate(conn)

    notes = conn.run("SELECT order_id, settled_at IS NULL, accepted_at FROM accepted_orders")
    assert {order_id for order_id, is_open, _ in notes if is_open} == OPEN
    assert len(notes) == 7
    assert {accepted_at for *_, accepted_at in notes} == {datetime(2020, 1, 1)}  # noqa: DTZ001 - as in the table


def test_the_customers_of_deleted_orders_are_forgotten(conn: Connection) -> None:
    migrate(conn)

    rows = conn.run("SELECT order_id, customer_id FROM inventory_reservations")
    assert {order_id for order_id, customer in rows if customer is None} == DELETED


def test_functions_go_on_while_older_orders_are_noted(
    conn: Connection, empty_database: DatabaseSettings, tmp_path: Path
) -> None:
    """Somebody's lock on the row of a deleted order keeps the migration in its middle."""
    migrate_up_to(8, conn, tmp_path)
    ((pid,),) = conn.run("SELECT pg_backend_pid()")
    with (
        closing(connect(empty_database)) as somebody,
        closing(connect(empty_database)) as function,
        ThreadPoolExecutor(1) as thread,
    ):
        function.run("SET statement_timeout = '1s'")
        somebody.run("BEGIN")
        somebody.run("SELECT FROM inventory_reservations WHERE order_id = 'deleted' FOR UPDATE")
        migrating = thread.submit(migrate, conn)
        eventually(lambda: assert_waits_for_a_row(function, pid))

        function.run("UPDATE orders SET status = 'processing' WHERE order_id = 'pending'")
        function.run("INSERT INTO inventory_reservations VALUES ('new', 'C', 'P', 1, 'held')")
        function.run("INSERT INTO orders VALUES ('new', 'C', 1)")
        function.run("SELECT FROM orders JOIN inventory_reservations USING (order_id)")

        assert_waits_for_a_row(function, pid)
        somebody.run("ROLLBACK")
        migrating.result()

    is_open = conn.run("SELECT order_id FROM accepted_orders WHERE settled_at IS NULL")
    assert sorted(is_open) == [["new"], ["reserved"]]


def assert_waits_for_a_row(conn: Connection, pid: int) -> None:
    found = conn.run(
        "SELECT wait_event, query LIKE '-- The notes of%' FROM pg_stat_activity WHERE pid = :p",
        p=pid,
    )
    assert found == [["transactionid", True]]
