"""The warm connection and its transactions, on the real server."""

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import boto3
import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from local.postgres.logins import owner
from orders import credentials, database
from orders.errors import DatabaseRefused, DatabaseUnavailable, InvalidSetting, OrderNotFound
from orders.queries import transaction
from orders.settings import database_settings
from tests.running.builders import an_id
from tests.running.in_process import InProcess
from tests.running.waiting import eventually


@pytest.fixture(autouse=True)
def _a_connection_of_its_own(functions: InProcess) -> Iterator[None]:
    database_settings.cache_clear()
    yield
    database._forget()  # noqa: SLF001 - the process's own warm connection
    database_settings.cache_clear()


def backend(connection: Connection) -> int:
    """The server process behind the connection."""
    ((pid,),) = connection.run("SELECT pg_backend_pid()")
    return int(pid)


def take_all_and_fail(product: str) -> None:
    with database.connection() as connection:
        connection.run("UPDATE inventory SET stock = 0 WHERE product_id = :id", id=product)
        raise OrderNotFound


def test_what_a_transaction_did_stays(functions: InProcess) -> None:
    product = functions.product(stock=10)

    with database.connection() as connection:
        connection.run("UPDATE inventory SET stock = 7 WHERE product_id = :id", id=product)

    assert functions.stock(product) == 7


def test_an_error_undoes_what_the_transaction_did(functions: InProcess) -> None:
    product = functions.product(stock=10)

    with pytest.raises(OrderNotFound):
        take_all_and_fail(product)

    assert functions.stock(product) == 10


def test_the_connection_stays_warm() -> None:
    with database.connection() as first:
        pid = backend(first)
    with pytest.raises(OrderNotFound):
        take_all_and_fail("none")
    with database.connection() as second:
        assert backend(second) == pid


def test_an_interruption_costs_the_connection() -> None:
    """It may have come in the middle of an answer, which the next question would then get."""
    with database.connection() as first:
        pid = backend(first)
    with pytest.raises(KeyboardInterrupt), database.connection():
        raise KeyboardInterrupt
    with database.connection() as second:
        assert backend(second) != pid


def test_a_connection_that_died_meanwhile_is_replaced_unnoticed(functions: InProcess) -> None:
    with database.connection() as connection:
        pid = backend(connection)
    functions.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=pid)

    with database.connection() as connection:
        assert backend(connection) != pid


def test_a_connection_that_dies_in_a_transaction_is_unavailable_and_replaced(
    functions: InProcess,
) -> None:
    def cut_off() -> None:
        with database.connection() as connection:
            functions.rows("SELECT pg_terminate_backend(:pid, 5000)", pid=backend(connection))
            connection.run("SELECT 1")

    with pytest.raises(DatabaseUnavailable):
        cut_off()

    with database.connection() as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_what_the_database_refuses_is_told_without_sql(functions: InProcess) -> None:
    product = functions.product()

    with pytest.raises(DatabaseRefused) as refused, database.connection() as connection:
        connection.run("UPDATE inventory SET stock = -1 WHERE product_id = :id", id=product)

    assert str(refused.value) == "The database refused (SQLSTATE 23514)"
    with database.connection() as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_the_cause_of_a_refusal_names_what_it_is_about_and_quotes_no_value() -> None:
    def refuse(statement: str, **values: str) -> str:
        with pytest.raises(DatabaseRefused) as refused, database.connection() as connection:
            connection.run(statement, **values)
        return str(refused.value.__cause__)

    assert refuse("SELECT :it ::text::integer", it="a-secret") == (
        'SQLSTATE 22P02: invalid input syntax for type integer: "..."'
    )
    assert refuse("INSERT INTO accepted_orders (accepted_at) VALUES (NULL)").startswith(
        'SQLSTATE 23502: null value in column "'
    )
    assert "(table accepted_orders, column " in refuse(
        "INSERT INTO accepted_orders (accepted_at) VALUES (NULL)"
    )


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


def test_a_deadlock_is_worth_another_try(functions: InProcess) -> None:
    """PostgreSQL refuses the one that has waited for a second, which is the first to wait."""
    one, other = functions.product(), functions.product()
    rival = connect_as_owner(functions.environment)
    lock = "SELECT stock FROM inventory WHERE product_id = :id FOR UPDATE"
    rival.run("BEGIN")
    rival.run(lock, id=one)

    def collide() -> None:
        with database.connection() as connection:
            connection.run(lock, id=other)
            thread.submit(ask_once_it_waits, backend(connection))
            connection.run(lock, id=one)

    def ask_once_it_waits(pid: int) -> None:
        eventually(lambda: assert_waiting(functions, pid))
        _ask(rival, lock, other)

    with ThreadPoolExecutor(1) as thread, pytest.raises(DatabaseUnavailable, match="40P01"):
        collide()

    rival.close()


def assert_waiting(functions: InProcess, pid: int) -> None:
    (row,) = functions.rows(
        "SELECT wait_event_type FROM pg_stat_activity WHERE pid = :pid", pid=pid
    )
    assert row["wait_event_type"] == "Lock"


def _ask(connection: Connection, statement: str, product: str) -> None:
    """Send a statement that will have to wait, without waiting for its answer."""
    text = statement.replace(":id", f"'{product}'").encode() + b"\x00"
    connection._usock.sendall(b"Q" + (len(text) + 4).to_bytes(4, "big") + text)  # noqa: SLF001


# Limits.


@contextmanager
def logged_in(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch, options: str
) -> Iterator[None]:
    """Be another member of the functions' role, with options: `CONNECTION LIMIT 1`, `SET ...`."""
    with a_login(functions) as role:
        functions.rows(f"ALTER ROLE {role} {options}")
        monkeypatch.setenv("DB_USER", role)
        database_settings.cache_clear()
        yield


@contextmanager
def a_login(functions: InProcess, options: str = "IN ROLE order_app") -> Iterator[str]:
    """A login role with the password of the functions' own."""
    role = f"another_{an_id()[:8]}"
    password = functions.environment["DB_PASSWORD"]
    functions.rows(f"CREATE ROLE {role} LOGIN PASSWORD '{password}' {options}")
    try:
        yield role
    finally:
        database._forget()  # noqa: SLF001 - a role with open connections cannot go
        functions.rows(f"DROP ROLE {role}")


def take_one(product: str) -> None:
    with database.connection() as connection:
        connection.run("UPDATE inventory SET stock = stock - 1 WHERE product_id = :id", id=product)


def test_no_connection_left_is_worth_another_try(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = functions.product(stock=10)
    with logged_in(functions, monkeypatch, "CONNECTION LIMIT 1"):
        only = database.connect(database_settings())
        with pytest.raises(DatabaseUnavailable, match="53300"):
            take_one(product)
        pid = backend(only)
        only.close()
        eventually(lambda: assert_gone(functions, pid))

        take_one(product)

    assert functions.stock(product) == 9


def test_who_waits_too_long_for_a_lock_is_told_to_try_again(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = functions.product(stock=10)
    rival = database.connect(database_settings())
    rival.run("BEGIN")
    rival.run("SELECT stock FROM inventory WHERE product_id = :id FOR UPDATE", id=product)
    with logged_in(functions, monkeypatch, "SET statement_timeout = '1s'"):
        with pytest.raises(DatabaseUnavailable, match="57014"):
            take_one(product)
        rival.run("ROLLBACK")

        take_one(product)
    rival.close()

    assert functions.stock(product) == 9


def test_a_server_that_is_no_longer_the_writer_is_worth_another_try(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = functions.product(stock=10)
    with (
        logged_in(functions, monkeypatch, "SET default_transaction_read_only = on"),
        pytest.raises(DatabaseUnavailable, match="25006"),
    ):
        take_one(product)


def test_who_does_nothing_in_a_transaction_loses_it_and_may_try_again(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    product = functions.product(stock=10)

    def dawdle() -> None:
        with database.connection() as connection:
            pid = backend(connection)
            connection.run("UPDATE inventory SET stock = 0 WHERE product_id = :id", id=product)
            eventually(lambda: assert_gone(functions, pid))
            connection.run("SELECT 1")

    option = "SET idle_in_transaction_session_timeout = '100ms'"
    with logged_in(functions, monkeypatch, option), pytest.raises(DatabaseUnavailable):
        dawdle()

    assert functions.stock(product) == 10


def test_the_server_gives_up_before_a_function_does() -> None:
    with database.connection() as connection:
        assert connection.run("SHOW statement_timeout") == [["8s"]]
        assert connection.run("SHOW idle_in_transaction_session_timeout") == [["15s"]]


def test_a_server_that_takes_the_call_and_says_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DB_HOST", "127.0.0.1")
        monkeypatch.setenv("DB_PORT", str(silent.getsockname()[1]))
        database_settings.cache_clear()

        with pytest.raises(DatabaseUnavailable):
            database.connect(database_settings(), timeout=0.1)


def test_an_answer_that_does_not_come_is_given_up(functions: InProcess) -> None:
    with (
        pytest.raises(DatabaseUnavailable),
        database.session("order-tests", timeout=0.1) as connection,
    ):
        connection.run("SELECT pg_sleep(2)")


@contextmanager
def silent() -> Iterator[int]:
    """Our warm connection's server says nothing, as after a failover; gives its pid."""
    with database.connection() as connection:
        pid = backend(connection)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The warm connection counts as dead sooner."""
    monkeypatch.setattr(database, "MAX_SECONDS_FOR_BEGIN", 0.1)


@pytest.mark.usefixtures("hasty")
def test_a_warm_connection_that_fell_silent_is_replaced_unnoticed() -> None:
    with silent() as pid, database.connection() as connection:
        assert backend(connection) != pid


@contextmanager
def nobody_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server takes new connections and says nothing, while the warm one fell silent."""
    with silent(), socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setenv("DB_HOST", "127.0.0.1")
        monkeypatch.setenv("DB_PORT", str(server.getsockname()[1]))
        database_settings.cache_clear()
        yield


@pytest.mark.usefixtures("hasty")
def test_a_transaction_waits_no_longer_than_it_may_when_nobody_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = time.monotonic()
    with (
        nobody_answers(monkeypatch),
        pytest.raises(DatabaseUnavailable),
        database.connection(max_seconds=0.3),
    ):
        pass

    assert 0.3 <= time.monotonic() - started < 0.6


def test_a_statement_waits_no_longer_than_the_transaction_may() -> None:
    started = time.monotonic()

    def sleep() -> None:
        with database.connection(max_seconds=0.3) as connection:
            connection.run("SELECT pg_sleep(2)")

    with pytest.raises(DatabaseUnavailable):
        sleep()

    assert 0.3 <= time.monotonic() - started < 0.6


def test_a_statement_waits_for_what_the_earlier_ones_have_left() -> None:
    with transaction(max_seconds=0.5) as sql:
        (warm,) = database._warm  # noqa: SLF001
        warm.run("SELECT pg_sleep(0.2)")
        sql.accepted_orders.is_open(order_id="any")

        assert warm._usock.gettimeout() <= 0.3  # noqa: SLF001


@pytest.mark.usefixtures("hasty")
def test_a_statement_may_take_longer_than_begin() -> None:
    with database.connection() as connection:
        assert connection.run("SELECT 1 FROM pg_sleep(0.2)") == [[1]]


def test_a_connection_that_falls_silent_in_a_transaction_is_unavailable_and_replaced() -> None:
    with database.connection() as connection:
        pid = backend(connection)

    def go_on() -> None:
        with database.connection(max_seconds=0.1) as connection:
            connection.run("SELECT pg_sleep(2)")

    with pytest.raises(DatabaseUnavailable):
        go_on()

    with database.connection() as connection:
        assert backend(connection) != pid


def test_an_error_on_a_silent_connection_is_still_the_error() -> None:
    def fail_while_silent() -> None:
        with database.connection(max_seconds=0.1) as connection:
            with suppress(TimeoutError):
                connection.run("SELECT pg_sleep(2)")
            raise OrderNotFound

    with pytest.raises(OrderNotFound):
        fail_while_silent()

    with database.connection() as connection:
        assert connection.run("SELECT 1") == [[1]]


def assert_gone(functions: InProcess, pid: int) -> None:
    assert not functions.rows("SELECT pid FROM pg_stat_activity WHERE pid = :pid", pid=pid)


# Who logs in.


def test_a_password_that_the_environment_has_wrong_is_a_wrong_setting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DB_PASSWORD", "wrong")
    database_settings.cache_clear()

    with pytest.raises(DatabaseRefused, match="28P01"), transaction():
        pass


def test_the_owner_of_the_tables_may_not_be_the_functions_user(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = owner(functions.environment)
    monkeypatch.setenv("DB_USER", login["DB_USER"])
    monkeypatch.setenv("DB_PASSWORD", login["DB_PASSWORD"])
    database_settings.cache_clear()

    for _ in range(2):  # a connection that was refused does not stay warm
        with pytest.raises(InvalidSetting, match="must be a member of order_app"), transaction():
            pass


def test_a_user_outside_the_role_is_a_wrong_setting(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_login(functions, options="") as role:
        monkeypatch.setenv("DB_USER", role)
        database_settings.cache_clear()

        with pytest.raises(InvalidSetting, match="must be a member of order_app"), transaction():
            pass


def test_the_clone_that_a_rotation_makes_of_the_user_may_be_the_functions_user(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS's rotation with alternating users makes the clone a member of the first user."""
    product = functions.product(stock=10)
    original = functions.environment["DB_USER"]
    with a_login(functions, options=f"IN ROLE {original}") as clone:
        monkeypatch.setenv("DB_USER", clone)
        database_settings.cache_clear()

        take_one(product)

    assert functions.stock(product) == 9


# The password in Secrets Manager, and its rotation.


def set_secret(monkeypatch: pytest.MonkeyPatch, secret: str) -> str:
    """Let the settings name a new secret, in place of user and password; returns its ARN."""
    client = boto3.client("secretsmanager")
    arn = str(client.create_secret(Name=an_id(), SecretString=secret)["ARN"])
    monkeypatch.setenv("DB_SECRET_ARN", arn)
    for name in ("DB_USER", "DB_PASSWORD"):
        monkeypatch.delenv(name)
    database_settings.cache_clear()
    return arn


def test_user_and_password_come_from_the_secret(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    user, password = (functions.environment[f"DB_{name}"] for name in ("USER", "PASSWORD"))
    set_secret(monkeypatch, json.dumps({"username": user, "password": password}))

    with database.connection() as connection:
        assert connection.run("SELECT current_user::text") == [[user]]


@pytest.mark.parametrize("secret", ['{"username": "orders"}', '"words"'])
def test_a_secret_without_username_and_password_is_an_invalid_setting(
    monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    set_secret(monkeypatch, secret)

    with pytest.raises(InvalidSetting, match="needs username and password"), transaction():
        pass


def test_a_secret_that_cannot_be_read_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    set_secret(monkeypatch, "{}")
    monkeypatch.setenv("DB_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:gone")
    database_settings.cache_clear()

    with pytest.raises(DatabaseUnavailable, match="password cannot be read"), transaction():
        pass


@dataclass
class Rotated:
    """A login with its secret, either of which may be changed first."""

    functions: InProcess
    role: str
    arn: str

    def change_password(self) -> None:
        self.functions.rows(f"ALTER ROLE {self.role} PASSWORD 'rotated'")

    def change_secret(self) -> None:
        secret = {"username": self.role, "password": "rotated"}
        boto3.client("secretsmanager").put_secret_value(
            SecretId=self.arn, SecretString=json.dumps(secret)
        )


@pytest.fixture
def rotated(functions: InProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rotated]:
    with a_login(functions) as role:
        password = functions.environment["DB_PASSWORD"]
        arn = set_secret(monkeypatch, json.dumps({"username": role, "password": password}))
        yield Rotated(functions, role, arn)
        credentials._secrets_manager.cache_clear()  # noqa: SLF001 - a test listens to its events


def log_in() -> int:
    """A transaction on a new connection; its server process."""
    database._forget()  # noqa: SLF001 - as when the connection has died
    with database.connection() as connection:
        return backend(connection)


def test_a_warm_connection_outlives_a_rotation(rotated: Rotated) -> None:
    pid = log_in()
    rotated.change_password()

    with database.connection() as connection:
        assert backend(connection) == pid


def test_a_new_connection_has_the_new_password(rotated: Rotated) -> None:
    log_in()
    rotated.change_password()
    rotated.change_secret()

    log_in()


def test_between_password_and_secret_another_try_is_worth_it(rotated: Rotated) -> None:
    rotated.change_password()
    with pytest.raises(DatabaseUnavailable) as failed:
        log_in()
    rotated.change_secret()

    log_in()

    assert str(failed.value) == "The database refuses the password of DB_SECRET_ARN for now"


def test_a_secret_that_changes_during_the_login_is_read_again(rotated: Rotated) -> None:
    rotated.change_password()
    events = credentials._secrets_manager().meta.events  # noqa: SLF001 - no other way to be in between
    changed = "after-call.secrets-manager.GetSecretValue"
    events.register_first(changed, lambda **_: rotated.change_secret())

    log_in()


def test_a_user_that_the_server_does_not_know_yet_is_worth_another_try(rotated: Rotated) -> None:
    """Of two users that alternate, RDS Proxy knows one at a time."""
    secret = {"username": "nobody_yet", "password": "any"}
    boto3.client("secretsmanager").put_secret_value(
        SecretId=rotated.arn, SecretString=json.dumps(secret)
    )

    with pytest.raises(DatabaseUnavailable, match="refuses the password"):
        log_in()
