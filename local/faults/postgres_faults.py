"""What can befall a worker's connection to PostgreSQL, done to pg8000 from outside."""

import errno
import gc
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NoReturn

from pg8000 import core
from pg8000.native import Connection


def open_connections() -> list[Connection]:
    """All of this process, whoever keeps them."""
    found = [this for this in gc.get_objects() if isinstance(this, Connection)]
    return [this for this in found if this._usock is not None]  # noqa: SLF001  # its socket


def cut(connection: Connection) -> None:
    """Shut the connection's socket; its server learns of it as of a lost client."""
    connection._usock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001


def crash(connection: Connection) -> None:
    """Kill the backend; the postmaster then ends all others and recovers."""
    ((pid,),) = connection.run("SELECT pg_backend_pid()")
    os.kill(pid, signal.SIGKILL)


@contextmanager
def refusing() -> Iterator[None]:
    """Let pg8000, and nobody else, find that nothing listens."""
    ours = {"socket": _Refusing, "create_connection": _refuse}
    core.socket = SimpleNamespace(**(vars(socket) | ours))
    try:
        yield
    finally:
        core.socket = socket


class _Refusing(socket.socket):
    def connect(self, address: Any) -> NoReturn:  # noqa: ANN401, ARG002  # as its base class
        _refuse()


def _refuse(*_: object) -> NoReturn:
    raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))


@contextmanager
def around_commit(when: str, strike: Callable[[Connection], None]) -> Iterator[None]:
    """Strike at the first COMMIT, or right after it; "before": at the first statement."""
    run = Connection.run

    def struck(connection: Connection, sql: str, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401
        if when != "before" and sql != "COMMIT":
            return run(connection, sql, *args, **parameters)
        Connection.run = run
        if when == "after_commit":
            run(connection, sql)
        strike(connection)
        # Who comes here has a dead connection: the answer of a COMMIT that was made is lost.
        return run(connection, sql, *args, **parameters)

    Connection.run = struck
    try:
        yield
    finally:
        Connection.run = run
