"""Restarts PostgreSQL and moto when their process dies, within limits."""

from asyncio import get_running_loop
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Self, TypeAlias

from local.processes.child_process import Child

RESTARTS = 5
"""How often a component is restarted; when it dies once more, the stack ends."""
PROBATION_SECONDS = 10.0
"""If a component dies this soon after a restart, the stack ends: it would only die again."""

Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Child]]


@dataclass
class Component:
    """PostgreSQL or moto. `start` returns a context, in which the component runs, ready for use."""

    start: Start
    context: AsyncExitStack
    child: Child

    @classmethod
    async def started(cls, start: Start, exits: AsyncExitStack) -> Self:
        """Start the component, to be stopped with `exits`. Raises StackFailure."""
        context = await exits.enter_async_context(AsyncExitStack())
        return cls(start, context, await context.enter_async_context(start()))

    async def keep_running(self, restarted: Callable[[], None]) -> None:
        """Restart the component whenever it dies; print that, and call `restarted`.

        Raises StackFailure when it dies too often or too soon, or cannot be started again.
        """
        now = get_running_loop().time
        last_restart = -PROBATION_SECONDS
        for _ in range(RESTARTS):
            how = await self.child.unexpected_end()
            if now() - last_restart < PROBATION_SECONDS:
                break
            await self._restart()
            last_restart = now()
            restarted()
            print(f"{how}; restarted.", flush=True)  # noqa: T201
        await self.child.fail_at_end()

    async def _restart(self) -> None:
        await self.context.aclose()
        self.child = await self.context.enter_async_context(self.start())
