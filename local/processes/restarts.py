"""Restarts PostgreSQL and moto when their process dies, for as long as the stack runs."""

import logging
from asyncio import get_running_loop, sleep
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import dataclass
from typing import Self, TypeAlias

from local.processes.child_process import Child

PROBATION_SECONDS = 10.0
"""If a component dies this soon after a restart, the next restart waits: it may only die again."""
LONGEST_PAUSE = 30.0
"""The pause before a restart is a second at first, doubles each time, and is this at most."""

Start: TypeAlias = Callable[[], AbstractAsyncContextManager[Child]]
_log = logging.getLogger(__name__)


@dataclass
class Component:
    """PostgreSQL or moto. `start` returns a context, in which the component runs, ready for use."""

    start: Start
    context: AsyncExitStack
    child: Child
    fault: str = ""
    """Why the process was ended by `replace`."""
    obstacle: str = ""
    """Why the last restart failed, if it did."""

    @classmethod
    async def started(cls, start: Start, exits: AsyncExitStack) -> Self:
        """Start the component, to be stopped with `exits`. Raises StackFailure."""
        context = await exits.enter_async_context(AsyncExitStack())
        return cls(start, context, await context.enter_async_context(start()))

    def replace(self, fault: str) -> None:
        """End the process because of this fault, such as "does not answer": it is restarted."""
        if self.child.process.returncode is None:
            self.fault = fault
            self.child.process.kill()

    async def keep_running(self, restarted: Callable[[], None]) -> None:
        """Restart the component whenever it dies; print that, and call `restarted`.

        Never ends by itself: what keeps a component from running, such as a full disk, may pass.
        """
        now = get_running_loop().time
        began, pause = -PROBATION_SECONDS, 0.0
        how = await self._end()
        while True:
            pause = longer(pause) if now() - began < PROBATION_SECONDS else 0.0
            await sleep(pause)
            began = now()
            if await self._restart(how):
                restarted()
                print(f"{how}; restarted.", flush=True)  # noqa: T201
                how = await self._end()

    async def _end(self) -> str:
        """Wait until the process ends, and say why it did."""
        how = await self.child.unexpected_end()
        if self.fault:
            how, self.fault = f"{self.child.name} {self.fault}", ""
        return how

    async def _restart(self, how: str) -> bool:
        """Returns whether it runs again. Print why it does not, unless that was printed last."""
        await self.context.aclose()
        try:
            self.child = await self.context.enter_async_context(self.start())
        except Exception as error:  # noqa: BLE001  # whatever it is, the next try may succeed
            _log.exception("%s cannot be restarted", self.child.name)
            if str(error) != self.obstacle:
                print(f"{how}; it cannot be restarted yet: {error}", flush=True)  # noqa: T201
            self.obstacle = str(error)
            return False
        self.obstacle = ""
        return True


def longer(pause: float) -> float:
    """The pause after this one, in seconds."""
    return min(2 * pause or 1.0, LONGEST_PAUSE)
