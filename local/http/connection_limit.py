"""Bounds the open connections of a server; closes idle ones to make room for new ones."""

import asyncio
from typing import Protocol

NEARLY_FULL = 0.75
"""From this part of the limit on, answers close their connections, so that others get their turn
without the risk that a client sends a request just when its idle connection is closed."""


class Closable(Protocol):
    """A connection."""

    def close_if_idle(self) -> bool:
        """Close it and return True, unless it turns out that a request has arrived."""


class ConnectionLimit:
    """The connections of one server, at most `limit`. Past that, new ones wait."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = 0
        self._idle: dict[Closable, None] = {}  # a dict keeps the order: the longest idle is first
        self._closing: set[Closable] = set()
        self._changed = asyncio.Event()

    @property
    def nearly_full(self) -> bool:
        """Whether connections should not be kept open for further requests."""
        return self._open >= self._limit * NEARLY_FULL

    async def enter(self) -> None:
        """Wait for room for a connection, closing the longest idle one if need be."""
        while self._open >= self._limit:
            await self.make_room(self._open - len(self._closing) - self._limit + 1)
        self._open += 1

    async def make_room(self, wanted: int = 1) -> None:
        """Close this many connections that are idle; return when any connection has changed."""
        self._changed.clear()
        for _ in range(wanted):
            self._close_longest_idle()
        await self._changed.wait()

    def _close_longest_idle(self) -> None:
        while self._idle:
            longest = next(iter(self._idle))
            del self._idle[longest]
            if longest.close_if_idle():
                self._closing.add(longest)
                return

    def set_idle(self, connection: Closable) -> None:
        """The connection has no complete request. Repeated calls keep its place."""
        self._idle.setdefault(connection)
        self._changed.set()

    def set_busy(self, connection: Closable) -> None:
        """The connection must not be closed now."""
        self._idle.pop(connection, None)

    def leave(self, connection: Closable) -> None:
        """The connection has ended."""
        self.set_busy(connection)
        self._closing.discard(connection)
        self._open -= 1
        self._changed.set()
