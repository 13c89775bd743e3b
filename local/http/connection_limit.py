"""Bounds the open connections of a server; closes idle ones to make room for new ones."""

import asyncio
from typing import Protocol

NEARLY_FULL = 0.75
"""From this part of the limit on, answers close their connections, so that others get their turn
without the risk that a client sends a request just when its idle connection is closed."""


class Idle(Protocol):
    """A connection without a request in progress."""

    def close_idle(self) -> None:
        """Close it."""


class ConnectionLimit:
    """The connections of one server, at most `limit`. Past that, new ones wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = 0
        self._idle: dict[Idle, None] = {}  # a dict keeps the order: the longest idle one is first
        self._ended = asyncio.Event()

    @property
    def nearly_full(self) -> bool:
        """Whether connections should not be kept open for further requests."""
        return self._open >= self._limit * NEARLY_FULL

    async def enter(self) -> None:
        """Wait for room for a connection, closing the longest idle one if need be."""
        while self._open >= self._limit:
            await self.one_less()
        self._open += 1

    async def one_less(self) -> None:
        """Close the longest idle connection; return when any connection has ended."""
        self._ended.clear()
        if self._idle:
            longest = next(iter(self._idle))
            self.set_busy(longest)
            longest.close_idle()
        await self._ended.wait()

    def set_idle(self, connection: Idle) -> None:
        """The connection has no request in progress. Repeated calls keep its place."""
        self._idle.setdefault(connection)

    def set_busy(self, connection: Idle) -> None:
        """The connection must not be closed now."""
        self._idle.pop(connection, None)

    def leave(self, connection: Idle) -> None:
        """The connection has ended."""
        self.set_busy(connection)
        self._open -= 1
        self._ended.set()
