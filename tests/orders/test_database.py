"""The warm connection and its transactions, against the real server."""

from collections.abc import Iterator

import pytest
from pg8000.native import Connection

from orders import database
from orders.errors import DatabaseRefused, DatabaseUnavailable
from orders.queries import transaction
from orders.settings import database_settings
from tests.shop import Shop, eventually


@pytest.fixture(autouse=True)
def _its_environment(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in shop.description["environment"].items():
        monkeypatch.setenv(name, value)
    database_settings.cache_clear()
    yield
    database._forget()  # noqa: SLF001 - the process's own warm connection


def backend(connection: Connection) -> int:
    """The server process behind the connection."""
    ((pid,),) = connection.run("SELECT pg_backend_pid()")
    return int(pid)


def take_all_and_fail(product: str) -> None:
    with database.connection() as connection:
        connection.run("UPDATE inventory SET stock = 0 WHERE product_id = :id", id=product)
        raise LookupError


def test_what_a_transaction_did_stays(shop: Shop) -> None:
    product = shop.product(stock=10)

    with database.connection() as connection:
        connection.run("UPDATE inventory SET stock = 7 WHERE product_id = :id", id=product)

    assert shop.stock(product) == 7


def test_an_error_undoes_what_the_transaction_did(shop: Shop) -> None:
    product = shop.product(stock=10)

    with pytest.raises(LookupError):
        take_all_and_fail(product)

    assert shop.stock(product) == 10


def test_the_connection_stays_warm() -> None:
    with database.connection() as first:
        pid = backend(first)
    with pytest.raises(LookupError):
        take_all_and_fail("none")
    with database.connection() as second:
        assert backend(second) == pid


def test_a_connection_that_died_meanwhile_is_replaced_unnoticed(shop: Shop) -> None:
    with database.connection() as connection:
        pid = backend(connection)
    shop.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)

    with database.connection() as connection:
        assert backend(connection) != pid


def test_a_connection_that_dies_in_a_transaction_is_unavailable_and_replaced(shop: Shop) -> None:
    def cut_off() -> None:
        with database.connection() as connection:
            shop.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=backend(connection))
            connection.run("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        cut_off()

    with database.connection() as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_what_the_database_refuses_is_told_without_sql(shop: Shop) -> None:
    product = shop.product()

    with pytest.raises(DatabaseRefused) as refused, database.connection() as connection:
        connection.run("UPDATE inventory SET stock = -1 WHERE product_id = :id", id=product)

    assert str(refused.value) == "The database refused (SQLSTATE 23514)"
    with database.connection() as connection:
        assert connection.run("SELECT 1") == [[1]]


@pytest.mark.parametrize("host", ["/nowhere", "127.0.0.1"])
def test_a_server_that_is_not_there_is_told_without_its_name(
    monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("DB_HOST", host)
    monkeypatch.setenv("DB_PORT", "1")
    database_settings.cache_clear()

    with pytest.raises(DatabaseUnavailable) as failed, transaction():
        pass

    assert str(failed.value) == "The database cannot be reached"


def test_a_deadlock_is_worth_another_try(shop: Shop) -> None:
    one, other = shop.product(), shop.product()
    rival = database.connect(database_settings())
    lock = "SELECT stock FROM inventory WHERE product_id = :id FOR UPDATE"
    backend_of_rival = backend(rival)
    rival.run("BEGIN")
    rival.run("SET LOCAL deadlock_timeout = '60s'")
    rival.run(lock, id=one)

    def collide() -> None:
        with database.connection() as connection:
            connection.run("SET LOCAL deadlock_timeout = '50ms'")
            connection.run(lock, id=other)
            _ask(rival, lock, other)
            eventually(lambda: assert_waiting(shop, backend_of_rival))
            connection.run(lock, id=one)

    with pytest.raises(DatabaseUnavailable, match="40P01"):
        collide()

    rival.close()


def assert_waiting(shop: Shop, pid: int) -> None:
    (row,) = shop.rows("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid", pid=pid)
    assert row["wait_event_type"] == "Lock"


def _ask(connection: Connection, statement: str, product: str) -> None:
    """Send a statement that will have to wait, without waiting for its answer."""
    text = statement.replace(":id", f"'{product}'").encode() + b"\x00"
    connection._usock.sendall(b"Q" + (len(text) + 4).to_bytes(4, "big") + text)  # noqa: SLF001
