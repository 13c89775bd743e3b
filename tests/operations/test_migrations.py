"""Migrations on PostgreSQL, each test in a database of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from operations.migrations import MigrationChanged, MigrationFailed, NewerDatabase, migrate, seed
from orders.database import connect
from orders.settings import DatabaseSettings
from tests.conftest import ROOT
from tests.operations.operated import Operated


@pytest.fixture
def conn(empty_database: DatabaseSettings) -> Iterator[Connection]:
    """A connection to it."""
    opened = connect(empty_database)
    yield opened
    opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two small migrations."""
    (tmp_path / "0001_one.sql").write_text("CREATE TABLE one (id INTEGER);")
    (tmp_path / "0002_two.sql").write_text("CREATE TABLE two (id INTEGER);")
    return tmp_path


def tables(conn: Connection) -> set[str]:
    rows = conn.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in rows}


def test_our_migrations_make_all_tables_once(conn: Connection) -> None:
    applied = migrate(conn)

    assert applied == sorted(applied)
    assert applied
    assert tables(conn) >= {"orders", "order_items", "inventory", "inventory_reservations"}
    assert migrate(conn) == []


def test_a_file_does_not_wait_long_for_a_table_that_functions_use(
    conn: Connection, tmp_path: Path
) -> None:
    (tmp_path / "0001_one.sql").write_text(
        "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock_timeout"
    )

    migrate(conn, tmp_path)

    assert conn.run("SELECT lock_timeout FROM seen") == [["5s"]]


def test_the_sample_products_are_inserted_once(conn: Connection) -> None:
    migrate(conn)

    assert seed(conn)
    assert not seed(conn)
    rows = conn.run("SELECT product_id, price::text, stock FROM inventory ORDER BY 1")
    assert rows == [
        ["PROD001", "999.99", 50],
        ["PROD002", "29.99", 100],
        ["PROD003", "79.99", 75],
        ["PROD004", "299.99", 30],
    ]


def test_only_what_is_new_is_applied(conn: Connection, folder: Path) -> None:
    migrate(conn, folder)
    (folder / "0003_three.sql").write_text("CREATE TABLE three (id INTEGER);")

    assert migrate(conn, folder) == ["0003_three.sql"]


def test_a_changed_file_is_refused_before_anything_is_applied(
    conn: Connection, folder: Path
) -> None:
    migrate(conn, folder)
    (folder / "0001_one.sql").write_text("CREATE TABLE one (id BIGINT);")
    (folder / "0003_three.sql").write_text("CREATE TABLE three (id INTEGER);")

    with pytest.raises(MigrationChanged, match=r"0001_one\.sql was changed"):
        migrate(conn, folder)

    assert "three" not in tables(conn)


def test_a_database_of_a_newer_release_is_left_alone(
    conn: Connection, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    migrate(conn, folder)
    older = tmp_path_factory.mktemp("older")
    (older / "0001_one.sql").write_text((folder / "0001_one.sql").read_text())
    (older / "0003_three.sql").write_text("CREATE TABLE three (id INTEGER);")

    with pytest.raises(NewerDatabase, match=r"has the migration 0002_two\.sql, which this release"):
        migrate(conn, older)

    assert "three" not in tables(conn)


def test_a_rollback_runs_on_the_tables_of_the_newer_release(conn: Connection, folder: Path) -> None:
    migrate(conn, folder)
    (folder / "0002_two.sql").unlink()

    assert migrate(conn, folder, rollback=True) == []


def test_a_file_that_fails_is_rolled_back(conn: Connection, folder: Path) -> None:
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id INTEGER); SELECT nonsense;")

    with pytest.raises(MigrationFailed, match=r"0002_two\.sql: .*nonsense"):
        migrate(conn, folder)

    assert tables(conn) == {"one", "schema_migrations"}
    (folder / "0002_two.sql").write_text("CREATE TABLE two (id INTEGER);")
    assert migrate(conn, folder) == ["0002_two.sql"]


def test_runners_that_start_together_apply_each_file_once(
    empty_database: DatabaseSettings, folder: Path
) -> None:
    def run(_: int) -> list[str]:
        opened = connect(empty_database)
        try:
            return migrate(opened, folder)
        finally:
            opened.close()

    with ThreadPoolExecutor(6) as threads:
        applied = [name for names in threads.map(run, range(6)) for name in names]

    assert sorted(applied) == ["0001_one.sql", "0002_two.sql"]


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO inventory VALUES ('P', 'x', 1, -1)",
        "INSERT INTO inventory VALUES ('P', 'x', -1, 1)",
        "INSERT INTO orders VALUES ('O', 'C', 1, 'lost')",
        "INSERT INTO orders VALUES ('O', 'C', -1)",
        "INSERT INTO orders VALUES ('O', 'C', 1, NULL)",
        "INSERT INTO order_items VALUES ('O', 'P', 1, 1)",
        "INSERT INTO orders VALUES ('O', 'C', 1); INSERT INTO order_items VALUES ('O', 'P', 0, 1)",
        "INSERT INTO inventory_reservations VALUES ('O', 'C', 'P', 0, 'held')",
        "INSERT INTO inventory_reservations VALUES ('O', 'C', 'P', 1, 'lost')",
    ],
)
def test_the_tables_refuse_what_the_code_never_writes(system: Operated, statement: str) -> None:
    with pytest.raises(DatabaseError, match=r"23503|23514|23502"):
        system.rows(statement)


def command(settings: DatabaseSettings, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`scripts/migrate` without its set-up."""
    known = settings.model_dump(exclude_none=True)
    return subprocess.run(
        [sys.executable, "-m", "operations.migrations", *arguments],
        cwd=ROOT,
        env=os.environ | {name.upper(): str(value) for name, value in known.items()},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_prints_what_it_did(empty_database: DatabaseSettings) -> None:
    first, second = (command(empty_database, "--seed") for _ in range(2))

    assert "applied 0001_seed_tables.sql\n" in first.stdout
    assert first.stdout.endswith("seeded the inventory\n")
    assert second.stdout == "up to date\nthe inventory has products already\n"
    assert (first.returncode, second.returncode) == (0, 0)


def test_the_command_accepts_a_newer_database_only_for_a_rollback(
    empty_database: DatabaseSettings, conn: Connection
) -> None:
    command(empty_database)
    conn.run("INSERT INTO schema_migrations VALUES ('9000_newer.sql', 'x')")

    refused, accepted = command(empty_database), command(empty_database, "--rollback")

    assert refused.returncode == 1
    assert refused.stderr == (
        "The database has the migration 9000_newer.sql, which this release does not have: it "
        "belongs to a newer release, so use that one, or another database\n"
    )
    assert (accepted.returncode, accepted.stdout) == (0, "up to date\n")


def test_the_command_says_what_is_missing(empty_database: DatabaseSettings) -> None:
    ended = command(empty_database.model_copy(update={"db_name": ""}))

    assert ended.returncode == 1
    assert ended.stderr == "Environment variable DB_NAME is not set\n"


def test_the_command_says_when_the_server_is_not_there(empty_database: DatabaseSettings) -> None:
    ended = command(empty_database.model_copy(update={"db_host": "/nowhere"}))

    assert ended.returncode == 1
    assert ended.stderr == (
        "The database cannot be reached: InterfaceError, because of FileNotFoundError\n"
    )
