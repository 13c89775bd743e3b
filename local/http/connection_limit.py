"""Bounds the open connections of a server; closes idle ones to make room for new ones."""

import asyncio
from contextlib import suppress
from typing import Protocol

CROWDED_SECONDS = 10.0
"""So long after a connection had to wait, answers close their connections: others get their turn,
and no client sends a request just when its idle connection is closed."""


class Closable(Protocol):
    """A connection."""

    def close_if_idle(self) -> bool:
        """Close it and return True, unless it turns out that a request has arrived."""


class ConnectionLimit:
    """The connections of one server, at most `limit`. Past that, new ones wait.

    One that has been idle for less than `grace_seconds` is not closed: its client may be about to
    send a request.
    """

    def __init__(self, limit: int, grace_seconds: float) -> None:
        self._limit, self._grace_seconds = limit, grace_seconds
        self._open = 0
        self._idle: dict[Closable, float] = {}  # since when, the longest idle one first
        self._closing: set[Closable] = set()
        self._changed = asyncio.Event()
        self._crowded_until = 0.0
        self._now = asyncio.get_running_loop().time

    @property
    def crowded(self) -> bool:
        """Whether connections should not be kept open for further requests."""
        return self._now() < self._crowded_until

    async def enter(self) -> None:
        """Wait for room for a connection, closing the longest idle one if need be."""
        while self._open >= self._limit:
            await self.make_room(self._open - len(self._closing) - self._limit + 1)
        self._open += 1

    async def make_room(self, wanted: int = 1) -> None:
        """Close this many idle connections; return when a connection may have ended."""
        self._crowded_until = self._now() + CROWDED_SECONDS
        self._changed.clear()
        for _ in range(wanted):
            self._close_longest_idle()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._changed.wait(), self._grace_seconds)

    def _close_longest_idle(self) -> None:
        latest = self._now() - self._grace_seconds
        while self._idle:
            longest, since = next(iter(self._idle.items()))
            if since > latest:
                return
            del self._idle[longest]
            if longest.close_if_idle():
                self._closing.add(longest)
                return

    def set_idle(self, connection: Closable) -> None:
        """The connection has no complete request. Repeated calls keep its place."""
        self._idle.setdefault(connection, self._now())

    def set_busy(self, connection: Closable) -> None:
        """The connection must not be closed now."""
        self._idle.pop(connection, None)

    def leave(self, connection: Closable) -> None:
        """The connection has ended."""
        self.set_busy(connection)
        self._closing.discard(connection)
        self._open -= 1
        self._changed.set()
