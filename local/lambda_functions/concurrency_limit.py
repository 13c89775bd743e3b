"""How many invocations of one function run at once, and how long others wait for a slot."""

import asyncio

CONCURRENT_INVOCATIONS = 8
"""The number of slots of each function. Functions never wait for each other's slots."""


class Throttled(Exception):
    """No slot became free in time: the function's concurrency limit is reached."""


class ConcurrencyLimit:
    """The slots of one function. An invocation holds a slot from its start to its end."""

    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(CONCURRENT_INVOCATIONS)

    async def acquire(self, timeout: float | None) -> None:  # noqa: ASYNC109  # to raise Throttled, not TimeoutError
        """Wait for a slot, at most `timeout` seconds (None: without a limit). Raises Throttled."""
        try:
            async with asyncio.timeout(timeout):
                await self._slots.acquire()
        except TimeoutError as error:
            raise Throttled from error

    def release(self) -> None:
        """Free the slot."""
        self._slots.release()
