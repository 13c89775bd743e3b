"""A PostgreSQL that does not answer, as when the network loses all packets, through pg8000.

Open connections stay open, and so do their transactions. A new connection is accepted, but gets no
answer, so its caller waits until its own timeout.
"""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from pg8000 import core
from pg8000.native import Connection

from local.faults.postgres_faults import open_connections


class _SilentSocket(socket.socket):
    """A socket that nobody answers; no wait is longer than `longest` seconds."""

    longest: float | None = None

    def settimeout(self, value: float | None) -> None:
        waits = [each for each in (value, self.longest) if each is not None]
        super().settimeout(min(waits, default=None))


@contextmanager
def silence(longest: float | None) -> Iterator[None]:
    """Let no connection of this process get an answer; a wait ends after `longest` seconds."""
    with ExitStack() as sockets:

        def silent() -> _SilentSocket:
            ours, others = map(sockets.enter_context, socket.socketpair())
            found = sockets.enter_context(_SilentSocket(fileno=ours.detach()))
            found.longest = longest
            sockets.enter_context(others)
            return found

        for connection in open_connections():
            sockets.enter_context(_silenced(connection, silent()))
        with _connecting_to(silent):
            yield


@contextmanager
def _silenced(connection: Connection, silent: _SilentSocket) -> Iterator[None]:
    """Give the connection a silent socket, and its own back, unless it was closed meanwhile."""
    kept = connection._usock, connection._sock  # noqa: SLF001
    silent.settimeout(kept[0].gettimeout())
    connection._usock, connection._sock = silent, silent.makefile("rwb")  # noqa: SLF001
    try:
        yield
    finally:
        if connection._usock is silent:  # noqa: SLF001
            connection._usock, connection._sock = kept  # noqa: SLF001
        else:
            kept[0].close()


@contextmanager
def _connecting_to(silent: Callable[[], _SilentSocket]) -> Iterator[None]:
    """Let pg8000 connect to a silent socket instead of any server."""
    make_socket = core._make_socket  # noqa: SLF001

    def make(_unix: object, _sock: object, _host: object, _port: object, *more: Any) -> Any:  # noqa: ANN401
        made, timeout = silent(), more[0]
        made.settimeout(timeout)
        return made

    core._make_socket = make  # noqa: SLF001
    try:
        yield
    finally:
        core._make_socket = make_socket  # noqa: SLF001
