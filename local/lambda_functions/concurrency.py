"""Turns at the workers of one function, and the faults that befall them."""

import asyncio
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import (
    AnyFunctionFault,
    FunctionFaultPlan,
    Hold,
    InHandler,
    Late,
    Throttle,
    Twice,
)
from local.faults.holds import Holds
from local.lambda_functions.invocation_result import Answer
from local.lambda_functions.worker_pool import Workers

WORKERS_PER_FUNCTION = 8


class Throttled(Exception):
    """No worker was free in time: the function's concurrency is spent."""


class Pool:
    """A function that takes a few events at once; the others wait their turn."""

    def __init__(
        self, function: Function, log: Path, faults: FunctionFaultPlan, holds: Holds
    ) -> None:
        self._function, self._faults, self._holds = function, faults, holds
        self._workers = Workers(function, log)
        self._turns = asyncio.Semaphore(WORKERS_PER_FUNCTION)
        self._under_way: set[asyncio.Task[Answer]] = set()

    async def invoke(self, event: Any, request_id: str, patience: float) -> Answer:  # noqa: ANN401  # JSON
        """Run the handler on the event.

        Raises Throttled when the turn does not come within `patience` seconds.
        """
        await self._turn(patience)
        fault = self._faults.take(self._function.name, lambda this: this.is_meant_for(event))
        work = asyncio.create_task(self._work(event, request_id, fault))
        self._under_way.add(work)
        work.add_done_callback(self._done)
        if not isinstance(fault, Late):
            return await work
        await asyncio.sleep(fault.after)
        return self._workers.time_out(request_id, self._function.timeout)

    @property
    def running(self) -> int:
        """How many events are being worked on, also those whose callers were answered."""
        return len(self._under_way)

    async def warm_up(self) -> None:
        """Have a worker ready for the first event."""
        async with self._turns:
            await self._workers.warm_up()

    def stop(self) -> None:
        """End all workers at once."""
        self._workers.stop()

    async def _turn(self, patience: float) -> None:
        try:
            async with asyncio.timeout(patience):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Throttled from error

    def _done(self, work: asyncio.Task[Answer]) -> None:
        """The turn ends with the work, which may be after its caller was answered."""
        self._under_way.discard(work)
        self._turns.release()

    async def _work(self, event: Any, request_id: str, fault: AnyFunctionFault | None) -> Answer:  # noqa: ANN401
        match fault:
            case Throttle():
                raise Throttled
            case Hold():
                await self._holds.wait(self._function.name)
            case Late():
                await asyncio.sleep(fault.delay)
            case Twice():
                return await self._run_twice(event, request_id)
        inside = fault if isinstance(fault, InHandler) else None
        return await self._workers.run(await self._workers.ready(), event, request_id, inside)

    async def _run_twice(self, event: Any, request_id: str) -> Answer:  # noqa: ANN401
        """At the same time; the second is one worker more than the function has turns."""
        both = await asyncio.gather(self._workers.ready(), self._workers.ready())
        runs = [self._workers.run(this, event, request_id) for this in both]
        return [await ended for ended in asyncio.as_completed(runs)][-1]
