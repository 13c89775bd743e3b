"""Cuts a connection to PostgreSQL, crashes the server, or prevents new ones, through pg8000."""

import errno
import gc
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, NoReturn

from pg8000 import core
from pg8000.native import Connection


def open_connections() -> list[Connection]:
    """All open connections of this process, wherever the handler keeps them."""
    # Not isinstance, which asks what a weak proxy stands for, and raises if that is gone.
    found = [this for this in gc.get_objects() if issubclass(type(this), Connection)]
    return [this for this in found if getattr(this, "_usock", None)]  # its socket


def cut(connection: Connection) -> None:
    """Shut the connection's socket down; to the server this is a client that went away."""
    connection._usock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001


def crash(connection: Connection) -> None:
    """Kill the connection's server process: PostgreSQL then ends all others, and recovers."""
    ((pid,),) = connection.run("SELECT pg_backend_pid()")
    os.kill(pid, signal.SIGKILL)


@contextmanager
def refusing() -> Iterator[None]:
    """Refuse pg8000's connections, and nobody else's."""
    refused = {"socket": _RefusingSocket, "create_connection": _refuse}
    core.socket = SimpleNamespace(**(vars(socket) | refused))
    try:
        yield
    finally:
        core.socket = socket


@contextmanager
def logging_in(**credentials: str) -> Iterator[None]:
    """Let pg8000 log in with this `user` or `password`, which PostgreSQL itself refuses."""
    connect = core.CoreConnection.__init__

    def log_in(connection: Connection, *args: Any, **named: Any) -> None:  # noqa: ANN401
        connect(connection, *args, **(named | credentials))

    core.CoreConnection.__init__ = log_in
    try:
        yield
    finally:
        core.CoreConnection.__init__ = connect


class _RefusingSocket(socket.socket):
    def connect(self, address: Any) -> NoReturn:  # noqa: ANN401, ARG002  # as its base class
        _refuse()


def _refuse(*_: object) -> NoReturn:
    raise ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
