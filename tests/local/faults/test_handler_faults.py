"""Faults inside a handler with one transaction, on the real PostgreSQL."""

import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection

from local.faults import postgres_faults
from tests.local.small_stack import Running, eventually

pytestmark = pytest.mark.usefixtures("no_fault_left")


def connected(cloud: Running) -> Connection:
    settings = cloud.stack["environment"]
    return Connection(
        settings["DB_USER"],
        unix_sock=f"{settings['DB_HOST']}/.s.PGSQL.5432",
        database=settings["DB_NAME"],
        ssl_context=False,
    )


@pytest.fixture(autouse=True)
def _written(cloud: Running) -> None:
    with connected(cloud) as database:
        database.run("DROP TABLE IF EXISTS written")
        database.run("CREATE TABLE written (name text)")


def write(cloud: Running, name: str = "a row", **event: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    answer: dict[str, Any] = cloud.invoke("WriteFunction", {"name": name, **event}).json()
    return answer


def written(cloud: Running) -> list[str]:
    with connected(cloud) as database:
        return [name for (name,) in database.run("SELECT name FROM written ORDER BY name")]


def warm(cloud: Running) -> int:
    """The worker that has a connection by now and takes the next event."""
    answer = write(cloud, "first")
    return int(answer["pid"])


def plan(cloud: Running, kind: str, when: str | None = None, **more: Any) -> None:  # noqa: ANN401  # JSON
    at = {"when": when} if when else {}
    answer = cloud.plan({"kind": kind, **at, **more}, function="WriteFunction")
    assert answer.status_code == 204, answer.text


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "raise", "error": "TooBad"}, "TooBad"),
        ({"kind": "kill"}, "Runtime.ExitError"),
        ({"kind": "timeout", "after": 2}, "Sandbox.Timedout"),
        ({"kind": "drop"}, "InterfaceError"),
        ({"kind": "crash"}, None),
    ],
    ids=["raise", "kill", "timeout", "drop", "crash"],
)
@pytest.mark.parametrize(
    ("when", "rows"), [("before", []), ("at_commit", []), ("after_commit", ["a row"])]
)
def test_a_fault_around_the_commit_decides_what_is_written(
    cloud: Running, fault: dict[str, Any], error: str | None, when: str, rows: list[str]
) -> None:
    warm(cloud)
    plan(cloud, **fault, when=when)
    answer = write(cloud)
    assert answer.get("errorType") == error if error else "errorType" in answer
    after_recovery(cloud)
    assert written(cloud) == sorted([*rows, "first"])
    assert "errorType" not in write(cloud, "next")


def after_recovery(cloud: Running) -> None:
    def accepts() -> bool:
        try:
            connected(cloud).close()
        except (DatabaseError, InterfaceError):
            return False
        return True

    eventually(accepts, "PostgreSQL accepts connections")


def test_at_the_commit_all_is_written_and_nothing_is_committed(cloud: Running) -> None:
    plan(cloud, "timeout", "at_commit", after=3)
    with ThreadPoolExecutor() as threads, connected(cloud) as database:
        hanging = threads.submit(write, cloud)

        def inside() -> bool:
            return bool(
                database.run(
                    "SELECT 1 FROM pg_locks JOIN pg_stat_activity USING (pid) "
                    "WHERE relation = 'written'::regclass AND mode = 'RowExclusiveLock' "
                    "AND state = 'idle in transaction'"
                )
            )

        eventually(inside, "the transaction is open and has its locks")
        assert written(cloud) == []
        assert hanging.result()["errorType"] == "Sandbox.Timedout"
        eventually(lambda: not inside(), "the killed worker's locks are gone")
    assert written(cloud) == []


@pytest.mark.parametrize("when", ["at_commit", "after_commit"])
def test_what_never_commits_is_not_struck(cloud: Running, when: str) -> None:
    plan(cloud, "raise", when)
    assert write(cloud, commit=False) == {"rows": [[1]]}


def test_a_commit_is_struck_in_its_own_invocation_alone(cloud: Running) -> None:
    plan(cloud, "raise", "at_commit")
    write(cloud, commit=False)
    assert "errorType" not in write(cloud)


def test_a_crash_ends_everybodys_connections(cloud: Running) -> None:
    other = connected(cloud)
    plan(cloud, "crash")
    assert "errorType" in write(cloud)
    with pytest.raises((DatabaseError, InterfaceError, ConnectionError)):
        other.run("SELECT 1")
    after_recovery(cloud)


def test_a_dropped_connection_is_this_workers_alone(cloud: Running) -> None:
    with connected(cloud) as other:
        warm(cloud)
        plan(cloud, "drop")
        assert write(cloud)["errorType"] == "InterfaceError"
        assert other.run("SELECT 1") == [[1]]


def test_a_function_may_connect_again_after_a_drop_but_not_after_a_refusal(cloud: Running) -> None:
    warm(cloud)
    plan(cloud, "drop")
    assert "errorType" not in write(cloud, again=True)
    plan(cloud, "refuse")
    refused = write(cloud, again=True)
    assert (refused["errorType"], refused["errorMessage"]) == (
        "InterfaceError",
        "communication error",
    )
    assert "errorType" not in write(cloud, "next")
    assert written(cloud) == ["a row", "first", "next"]


def test_only_pg8000_is_refused(cloud: Running) -> None:
    host, port = cloud.stack["lambda_url"].removeprefix("http://").split(":")
    with postgres_faults.refusing():
        with pytest.raises(InterfaceError) as refused:
            connected(cloud)
        socket.create_connection((host, int(port))).close()
    assert isinstance(refused.value.__cause__, ConnectionRefusedError)
    connected(cloud).close()
