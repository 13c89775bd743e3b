"""Starts workers when the API is used, and ends them when it is not.

A stack that nobody calls has no workers. The first request starts one of each function, so that the
order's workflow, and the next requests, find them ready.
"""

import asyncio

from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.runtime import Runtime

IDLE_SECONDS = 120.0
"""A worker that has not been used for this long ends. AWS keeps idle ones for some minutes, too."""
SECONDS = 30.0
"""How often idle workers are looked for."""


class WarmUp:
    """The runtime, as the API calls it. It can be used in the place of a Runtime there."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self.warming: asyncio.Task[None] | None = None

    async def invoke(
        self, name: str, event: object, request_id: str = "", slot_timeout: float | None = None
    ) -> InvocationResult:
        """Invoke a function, as Runtime.invoke. If it has no worker, all functions get one."""
        if self._runtime.is_cold(name) and (self.warming is None or self.warming.done()):
            self.warming = asyncio.create_task(self._runtime.warm_up(besides=name))
        return await self._runtime.invoke(name, event, request_id, slot_timeout)


async def end_idle_workers(runtime: Runtime) -> None:
    """End workers that have been idle for long, until the task is cancelled."""
    while True:
        await asyncio.sleep(SECONDS)
        runtime.end_idle(IDLE_SECONDS)
