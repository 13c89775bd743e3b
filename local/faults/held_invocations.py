"""The invocations that a "hold" fault stops until they are released."""

import asyncio
from collections import Counter


class HeldInvocations:
    """Stops invocations, counts those that are held, and releases them, by function."""

    def __init__(self) -> None:
        self._gates: dict[str, asyncio.Event] = {}
        self._held: Counter[str] = Counter()

    async def hold(self, function: str) -> None:
        """Hold the calling invocation until its function is released."""
        gate = self._gates.setdefault(function, asyncio.Event())
        self._held[function] += 1
        try:
            await gate.wait()
        finally:
            self._held[function] -= 1

    def release(self, function: str) -> None:
        """Let the function's held invocations continue."""
        if gate := self._gates.pop(function, None):
            gate.set()

    def release_all(self) -> None:
        """Let all held invocations continue."""
        for function in list(self._gates):
            self.release(function)

    def counts(self) -> dict[str, int]:
        """How many invocations are held now; functions without any are left out."""
        return dict(+self._held)
