"""Faults inside a handler with one transaction, on a PostgreSQL of its own."""

import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from local.faults import handler_faults, postgres_faults, silent_postgres
from local.faults.function_faults import HANDLER_FAULT
from local.postgres.embedded import embedded
from orders import database
from orders.errors import DatabaseUnavailable, OrderError
from orders.settings import DatabaseSettings
from tests.local.in_process import lambda_functions
from tests.local.lambda_client import LambdaClient
from tests.local.small_stack import connect
from tests.running.waiting import eventually


def works(act: Callable[[], object]) -> bool:
    """Whether PostgreSQL does this, or its connection is broken."""
    try:
        act()
    except (DatabaseError, InterfaceError, ConnectionError):
        return False
    return True


@dataclass(frozen=True)
class Writer:
    """WriteFunction, which writes a row in a transaction, and its table."""

    lambdas: LambdaClient
    settings: dict[str, str]

    def write(self, name: str = "a row", **event: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """WriteFunction's result, or its error document."""
        event = {"name": name, **event}
        result: dict[str, Any] = self.lambdas.invoke("WriteFunction", event).json()
        return result

    def plan(self, kind: str, when: str | None = None, **more: Any) -> None:  # noqa: ANN401  # JSON
        at = {"when": when} if when else {}
        planned = self.lambdas.plan({"kind": kind, **at, **more}, function="WriteFunction")
        assert planned.status_code == 204, planned.text

    def rows(self) -> list[str]:
        with self.connect() as database:
            return [name for (name,) in database.run("SELECT name FROM written ORDER BY name")]

    def connect(self) -> Connection:
        return connect(self.settings)

    @property
    def login(self) -> DatabaseSettings:
        known = {name.lower(): value for name, value in self.settings.items()}
        return DatabaseSettings.model_validate(known)

    def until_recovered(self, connection: Connection) -> None:
        """Wait until a crash has ended this connection, and PostgreSQL accepts new ones."""

        def ended() -> None:
            assert not works(lambda: connection.run("SELECT 1"))

        def accepts() -> None:
            assert works(lambda: self.connect().close())

        eventually(ended)
        eventually(accepts)


@contextmanager
def a_writer(folder: Path) -> Iterator[Writer]:
    """Not the PostgreSQL of other tests, whose connections a crash would end."""
    with embedded(folder / "data") as settings, lambda_functions(folder, settings) as lambdas:
        yield Writer(lambdas, settings)


@pytest.fixture(scope="module")
def shared_writer(starts_a_stack: None) -> Iterator[Writer]:
    with TemporaryDirectory() as folder, a_writer(Path(folder)) as writer:
        yield writer


@pytest.fixture
def writer(shared_writer: Writer) -> Iterator[Writer]:
    """WriteFunction with an empty table."""
    with shared_writer.connect() as database:
        database.run("DROP TABLE IF EXISTS written")
        database.run("CREATE TABLE written (name text)")
        database.run("GRANT INSERT ON written TO order_app")
    yield shared_writer
    shared_writer.lambdas.clear_faults()


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "raise", "error": "TooBad"}, "TooBad"),
        ({"kind": "kill"}, "Runtime.ExitError"),
        ({"kind": "timeout", "after": 0.5}, "Sandbox.Timedout"),
        ({"kind": "drop"}, "InterfaceError"),
        ({"kind": "crash"}, None),
    ],
    ids=["raise", "kill", "timeout", "drop", "crash"],
)
@pytest.mark.parametrize(
    ("when", "rows"), [("before", []), ("at_commit", []), ("after_commit", ["a row"])]
)
def test_a_fault_around_the_commit_decides_what_is_written(
    writer: Writer, fault: dict[str, Any], error: str | None, when: str, rows: list[str]
) -> None:
    writer.write("first")  # the worker has a connection from now on
    writer.plan(**fault, when=when)
    other = writer.connect()
    result = writer.write()
    assert result.get("errorType") == error if error else "errorType" in result
    if fault["kind"] == "crash":
        writer.until_recovered(other)
    else:
        other.close()
    assert writer.rows() == sorted([*rows, "first"])
    assert "errorType" not in writer.write("next")


@pytest.mark.parametrize("kind", ["raise", "kill", "timeout"])
def test_a_fault_after_the_handler_loses_only_its_result(
    lambdas: LambdaClient, tmp_path: Path, kind: str
) -> None:
    ran, did_not_run = tmp_path / "ran", tmp_path / "did not run"
    timeout = {"after": 0.3} if kind == "timeout" else {}
    lambdas.plan({"kind": kind, "when": "after", **timeout}, {"kind": kind, **timeout})
    assert "errorType" in lambdas.act("touch", path=str(ran))
    assert "errorType" in lambdas.act("touch", path=str(did_not_run))
    assert (ran.exists(), did_not_run.exists()) == (True, False)


def test_an_injected_timeout_comes_after_its_own_seconds(lambdas: LambdaClient) -> None:
    lambdas.plan({"kind": "timeout", "after": 0.3})
    started = time.monotonic()
    result = lambdas.act("count")
    assert 0.3 <= time.monotonic() - started < 1, "ActFunction's own timeout is a second"
    assert result["errorMessage"].endswith("Task timed out after 0.30 seconds")


def test_at_the_commit_everything_is_written_and_nothing_is_committed(writer: Writer) -> None:
    writer.plan("timeout", "at_commit", after=2)
    with ThreadPoolExecutor() as threads, writer.connect() as database:
        hanging = threads.submit(writer.write)

        def in_transaction() -> bool:
            return bool(
                database.run(
                    "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) "
                    "WHERE relation = 'written'::regclass AND mode = 'RowExclusiveLock' "
                    "AND state = 'idle in transaction'"
                )
            )

        def has_locks() -> None:
            assert in_transaction()

        def has_no_locks() -> None:
            assert not in_transaction()

        eventually(has_locks)
        assert writer.rows() == []
        assert hanging.result()["errorType"] == "Sandbox.Timedout"
        eventually(has_no_locks)
    assert writer.rows() == []


@pytest.mark.parametrize("when", ["at_commit", "after_commit"])
def test_a_handler_that_does_not_commit_does_not_trigger_the_fault(
    writer: Writer, when: str
) -> None:
    writer.plan("raise", when)
    assert writer.write(commit=False) == {"rows": [[1]]}


def test_a_commit_fault_ends_with_its_invocation(writer: Writer) -> None:
    writer.plan("raise", "at_commit")
    writer.write(commit=False)
    assert "errorType" not in writer.write()


def test_a_crash_ends_everybodys_connections(writer: Writer) -> None:
    other = writer.connect()
    writer.plan("crash")
    assert "errorType" in writer.write()
    writer.until_recovered(other)


def test_a_drop_ends_this_workers_connection_alone(writer: Writer) -> None:
    with writer.connect() as other:
        writer.write("first")
        writer.plan("drop")
        assert writer.write()["errorType"] == "InterfaceError"
        assert other.run("SELECT 1") == [[1]]


def test_a_handler_can_connect_again_after_a_drop_but_not_after_a_refusal(writer: Writer) -> None:
    writer.write("first")
    writer.plan("drop")
    assert "errorType" not in writer.write(again=True)
    writer.plan("refuse")
    refused = writer.write(again=True)
    assert refused["errorType"] == "InterfaceError"
    assert refused["errorMessage"] == "communication error"
    assert "errorType" not in writer.write("next")
    assert writer.rows() == ["a row", "first", "next"]


def test_a_connection_that_could_not_be_made_is_not_cut() -> None:
    """An error's traceback may keep such a connection, which has no socket."""
    refused = Connection.__new__(Connection)
    assert refused not in postgres_faults.open_connections()


@pytest.mark.parametrize(
    ("kind", "sqlstate"), [("full", "53300"), ("rotate", "28P01")], ids=["full", "rotate"]
)
def test_postgresql_itself_refuses_the_login_during_one_invocation(
    writer: Writer, kind: str, sqlstate: str
) -> None:
    writer.write("first")
    writer.plan(kind)
    assert "errorType" in writer.write(again=True)
    assert "errorType" not in writer.write("next")
    assert writer.rows() == ["first", "next"]

    fault = HANDLER_FAULT.validate_python({"kind": kind})
    with handler_faults.injecting(fault), pytest.raises(OrderError, match=sqlstate):
        database.connect(writer.login)
    database.connect(writer.login).close()


def test_a_hanging_server_answers_neither_on_a_warm_connection_nor_on_a_new_one(
    writer: Writer,
) -> None:
    writer.write("first")
    writer.plan("hang", after=0.2, times=2)
    started = time.monotonic()
    warm, new = writer.write(), writer.write()
    assert time.monotonic() - started >= 0.4
    assert [each["errorType"] for each in (warm, new)] == ["TimeoutError"] * 2
    assert "errorType" not in writer.write("next")
    assert writer.rows() == ["first", "next"]


def test_a_server_hangs_for_so_many_seconds(writer: Writer) -> None:
    writer.plan("hang", after=0.1, for_seconds=0.3)
    assert writer.write()["errorType"] == "TimeoutError"

    def answers() -> None:
        assert "errorType" not in writer.write()

    eventually(answers)


def test_a_hanging_connection_stays_open_and_is_used_again_when_it_was_not_given_up(
    writer: Writer,
) -> None:
    with writer.connect() as connection:
        connection.run("BEGIN")
        connection.run("INSERT INTO written VALUES ('before')")
        with silent_postgres.silence(longest=0.1):
            pass
        connection.run("COMMIT")
    assert writer.rows() == ["before"]


def test_a_wait_for_a_hanging_server_is_as_long_as_the_handler_waits(writer: Writer) -> None:
    started = time.monotonic()
    with (
        silent_postgres.silence(longest=None),
        pytest.raises(DatabaseUnavailable),
    ):
        database.connect(writer.login, timeout=0.2)
    assert 0.2 <= time.monotonic() - started < database.MAX_SECONDS_FOR_CONNECTING


def test_only_pg8000s_connections_are_refused(writer: Writer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as another, postgres_faults.refusing():
        with pytest.raises(InterfaceError) as refused:
            writer.connect()
        socket.create_connection(another.getsockname()).close()
    assert isinstance(refused.value.__cause__, ConnectionRefusedError)
    writer.connect().close()
