"""Invocations that are held until the plan of faults changes."""

import asyncio
from collections import Counter


class Holds:
    """Who is held, by function."""

    def __init__(self) -> None:
        self._gates: dict[str, asyncio.Event] = {}
        self._held: Counter[str] = Counter()

    async def wait(self, function: str) -> None:
        """Be held until the function's invocations are released."""
        gate = self._gates.setdefault(function, asyncio.Event())
        self._held[function] += 1
        try:
            await gate.wait()
        finally:
            self._held[function] -= 1

    def release(self, function: str) -> None:
        """Let the function's invocations go on."""
        if gate := self._gates.pop(function, None):
            gate.set()

    def release_all(self) -> None:
        """Let every invocation go on."""
        for function in list(self._gates):
            self.release(function)

    def counts(self) -> dict[str, int]:
        """How many are held now; functions without any are not named."""
        return dict(+self._held)
