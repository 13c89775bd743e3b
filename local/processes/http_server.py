"""Opens listening sockets, and serves HTTP on them with uvicorn in this process's event loop."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from ipaddress import ip_address

import uvicorn
from starlette.types import ASGIApp

from local.http.accepting import accept
from local.http.connection import Connection
from local.http.connection_limit import ConnectionLimit
from local.http.limits import Limits
from local.processes.errors import StackFailure

BACKLOG = 4096
"""Clients that wait for room. Linux takes no more by default, and past that resets some of them."""
DEFAULT = Limits()
DRAIN_SECONDS = 1
"""Requests in flight have this long to end when the server stops."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program: uvicorn would handle them itself."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises StackFailure when the port cannot be used."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        raise StackFailure(f"Cannot listen on {host}:{port}: {_why(error)}.") from error
    # Each accepted connection inherits this; asyncio sets it only on sockets that it made itself.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _why(error: OSError | OverflowError) -> object:
    """The system's message, without the address that Python adds to it: ours has that already."""
    if isinstance(error, socket.gaierror):
        return error.strerror
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error


def url(listening: socket.socket) -> str:
    """The URL at which a client on this machine reaches the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # not bound here
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(listening: socket.socket) -> bool:
    """Whether only this machine reaches the socket."""
    return ip_address(listening.getsockname()[0]).is_loopback


@asynccontextmanager
async def serving(
    app: ASGIApp,
    listening: socket.socket,
    connections: int,
    limits: Limits = DEFAULT,
) -> AsyncIterator[None]:
    """Serve HTTP on the socket until the context ends, to at most so many connections at once."""
    config = uvicorn.Config(
        app,
        http="h11",
        lifespan="off",
        ws="none",
        loop="asyncio",
        log_config=None,  # what it logs goes where the program's own log goes
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,  # no proxy is in front, so X-Forwarded-For is whatever a client says
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    server, open_ = _Server(config), ConnectionLimit(connections, limits.grace_seconds)
    # uvicorn gets no socket: it would accept without a limit.
    running = asyncio.create_task(server.serve([]))
    connection = partial(Connection, config, server.server_state, limits, open_)
    accepting = asyncio.create_task(accept(listening, connection, open_))
    try:
        yield
    finally:
        accepting.cancel()
        listening.close()
        server.should_exit = True
        await running
