"""A component that is started again when it ends, within bounds."""

from asyncio import get_running_loop
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Self, TypeAlias

from local.processes.children import Child

RESTARTS = 5
PROBATION_SECONDS = 10.0
"""What ends this soon after it was started again would only end once more."""

Begin: TypeAlias = Callable[[], AbstractAsyncContextManager[Child]]


@dataclass
class Component:
    """PostgreSQL or moto: `begin` runs it, ready for use, until its context ends."""

    begin: Begin
    context: AsyncExitStack
    child: Child

    @classmethod
    async def started(cls, begin: Begin, exits: AsyncExitStack) -> Self:
        """Start it; it stops with `exits`. Raises StackFailure."""
        context = await exits.enter_async_context(AsyncExitStack())
        return cls(begin, context, await context.enter_async_context(begin()))

    async def keep(self, changed: Callable[[], None]) -> None:
        """Start it again whenever it ends, then say so and call `changed`.

        Raises StackFailure when it ends too often, or too soon, or does not start.
        """
        clock = get_running_loop().time
        again = -PROBATION_SECONDS
        for _ in range(RESTARTS):
            how = await self.child.end()
            if clock() - again < PROBATION_SECONDS:
                break
            await self._start_again()
            again = clock()
            changed()
            print(f"{how}; started again.", flush=True)  # noqa: T201
        await self.child.death()

    async def _start_again(self) -> None:
        await self.context.aclose()
        self.child = await self.context.enter_async_context(self.begin())
