"""Accepts connections, one after the other, while there is room for them."""

import asyncio
import logging
import socket
from collections.abc import Callable

from local.http.connection_limit import ConnectionLimit

_log = logging.getLogger(__name__)


async def accept(
    listening: socket.socket,
    protocol: Callable[[], asyncio.Protocol],
    connections: ConnectionLimit,
) -> None:
    """Accept until cancelled. One accepted connection may wait for room; others stay queued."""
    listening.setblocking(False)  # noqa: FBT003  # the name of the socket's method says it
    loop = asyncio.get_running_loop()
    while True:
        client = await _next(loop, listening, connections)
        await connections.enter()
        await loop.connect_accepted_socket(protocol, client)


async def _next(
    loop: asyncio.AbstractEventLoop, listening: socket.socket, connections: ConnectionLimit
) -> socket.socket:
    """The next connection. When there is no file left for it, an idle connection is closed."""
    while True:
        try:
            return (await loop.sock_accept(listening))[0]
        except OSError as error:
            _log.warning("cannot accept a connection: %s", error.strerror)
            await connections.make_room()
