"""Invocations of one version of a function: each waits for a slot, then runs in a worker."""

import asyncio
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import (
    AnyFunctionFault,
    FunctionFaultPlan,
    HandlerFault,
    Hold,
    InvokeError,
    Late,
    Throttle,
    Twice,
)
from local.faults.held_invocations import HeldInvocations
from local.faults.invoke_errors import InvokeRefused
from local.lambda_functions.concurrency_limit import ConcurrencyLimit, Throttled
from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.worker_pool import WorkerPool


class Invocations:
    """A version that runs a few invocations at once; further ones wait for a slot.

    All versions of a function share its slots (`limit`).
    """

    def __init__(
        self,
        function: Function,
        log: Path,
        faults: FunctionFaultPlan,
        held: HeldInvocations,
        limit: ConcurrencyLimit,
    ) -> None:
        self._function, self._faults, self._held = function, faults, held
        self._workers = WorkerPool(function, log)
        self._limit = limit
        self._running: set[asyncio.Task[InvocationResult]] = set()

    async def invoke(
        self,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str,
        slot_timeout: float,
    ) -> InvocationResult:
        """Run the handler. Raises Throttled when no slot is free within `slot_timeout` seconds.

        Raises InvokeRefused when that fault is planned.
        """
        await self._limit.acquire(slot_timeout)
        fault = self._faults.trigger(self._function.name, lambda this: this.matches(event))
        run = asyncio.create_task(self._run(event, request_id, fault))
        self._running.add(run)
        run.add_done_callback(self._ended)
        if not isinstance(fault, Late):
            return await run
        await asyncio.sleep(fault.after)
        return self._workers.timed_out(request_id, self._function.timeout)

    @property
    def running(self) -> int:
        """How many invocations are running, including those that nobody waits for any more."""
        return len(self._running)

    @property
    def broken(self) -> bool:
        """Whether the handler could not be imported when that was tried last."""
        return self._workers.broken

    @property
    def workers(self) -> int:
        """How many worker processes there are."""
        return self._workers.size

    async def warm_up(self) -> None:
        """Start a worker if there is none. The start occupies a slot until it is done."""
        await self._limit.acquire(timeout=None)
        try:
            await self._workers.warm_up()
        finally:
            self._limit.release()

    def end_idle(self, seconds: float) -> None:
        """End the workers that have been idle for longer than this."""
        self._workers.end_idle(seconds)

    def stop(self) -> None:
        """Kill all workers."""
        self._workers.stop()

    def _ended(self, run: asyncio.Task[InvocationResult]) -> None:
        """Free the slot when the handler ends, which may be after its caller got a timeout."""
        self._running.discard(run)
        self._limit.release()

    async def _run(
        self,
        event: Any,  # noqa: ANN401
        request_id: str,
        fault: AnyFunctionFault | None,
    ) -> InvocationResult:
        match fault:
            case Throttle():
                raise Throttled
            case InvokeError():
                raise InvokeRefused(fault.error, fault.message)
            case Hold():
                await self._held.hold(self._function.name)
            case Late():
                await asyncio.sleep(fault.delay)
            case Twice():
                return await self._run_twice(event, request_id)
        in_handler = fault if isinstance(fault, HandlerFault) else None
        worker = await self._workers.ready_worker()
        return await self._workers.run(worker, event, request_id, in_handler)

    async def _run_twice(self, event: Any, request_id: str) -> InvocationResult:  # noqa: ANN401
        """Run the event in two workers at once, although this is only one slot."""
        workers = await asyncio.gather(*(self._workers.ready_worker() for _ in range(2)))
        runs = [self._workers.run(worker, event, request_id) for worker in workers]
        return [await ended for ended in asyncio.as_completed(runs)][-1]
