"""One function's worker processes: started when needed, kept warm, replaced when they die.

A worker whose invocation exceeds the function's timeout is killed here.
"""

import time
from asyncio import timeout
from contextlib import suppress
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import HandlerFault, Timeout
from local.lambda_functions import execution_environment
from local.lambda_functions.invocation_result import (
    InvocationResult,
    describe_timeout,
    failure,
    within_limits,
)
from local.lambda_functions.worker_process import WorkerDied, WorkerProcess

INIT_SECONDS = 10.0  # Lambda's own limit for importing the handler


class WorkerPool:
    """The workers of one function. It sets no limit: concurrency_limit.py does that."""

    def __init__(self, function: Function, log: Path) -> None:
        self._function, self._log = function, log
        self._idle: list[WorkerProcess] = []
        self._all: set[WorkerProcess] = set()
        self.broken = False
        """Whether the last worker that was started could not import the handler."""

    async def ready_worker(self) -> WorkerProcess | InvocationResult:
        """A worker that can run the handler, or the error of importing the handler."""
        return self._warm_worker() or await self._start()

    async def warm_up(self) -> None:
        """Start a worker if there is none. If its import fails, the next event starts another."""
        if not self._all and isinstance(worker := await self._start(), WorkerProcess):
            self._rest(worker)

    async def run(
        self,
        worker: WorkerProcess | InvocationResult,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str,
        fault: HandlerFault | None = None,
    ) -> InvocationResult:
        """Run the handler in the worker, which then is idle again, or dead."""
        if isinstance(worker, InvocationResult):
            return worker
        try:
            return await self._invoke(worker, event, request_id, fault)
        except BaseException:
            self._kill(worker)
            raise

    def timed_out(self, request_id: str, seconds: float) -> InvocationResult:
        """Log that an invocation took longer than this, and return the error for its caller."""
        return self._failed(request_id, "Sandbox.Timedout", describe_timeout(seconds))

    @property
    def size(self) -> int:
        """How many workers there are, busy and idle."""
        return len(self._all)

    def end_idle(self, seconds: float) -> None:
        """End the workers that have been idle for longer than this."""
        until = time.monotonic() - seconds
        for worker in [each for each in self._idle if each.idle_since < until]:
            self._idle.remove(worker)
            self._kill(worker)

    def stop(self) -> None:
        """Kill all workers."""
        for worker in list(self._all):
            self._kill(worker)

    def _rest(self, worker: WorkerProcess) -> None:
        worker.idle_since = time.monotonic()
        self._idle.append(worker)

    def _warm_worker(self) -> WorkerProcess | None:
        """The worker that was used last, so that few stay warm when there is little to do."""
        while self._idle:
            if (worker := self._idle.pop()).is_usable:
                return worker
            self._kill(worker)
        return None

    async def _start(self) -> WorkerProcess | InvocationResult:
        worker = await WorkerProcess.start(self._function, self._log)
        self._all.add(worker)
        try:
            async with timeout(INIT_SECONDS):
                kind, document = await worker.next_message()
        except (TimeoutError, WorkerDied):
            self._kill(worker)
            return failure("Runtime.ExitError", "Runtime exited during initialisation")
        self.broken = kind != execution_environment.READY
        if not self.broken:
            return worker
        self._kill(worker)
        return InvocationResult(document, failed=True)

    async def _invoke(
        self,
        worker: WorkerProcess,
        event: Any,  # noqa: ANN401
        request_id: str,
        fault: HandlerFault | None,
    ) -> InvocationResult:
        seconds = self._timeout(fault)
        try:
            async with timeout(seconds):
                kind, document = await worker.invoke(
                    {
                        "event": event,
                        "request_id": request_id,
                        "deadline": time.time() + seconds,
                        "fault": fault and fault.model_dump(),
                    }
                )
        except TimeoutError:
            self._kill(worker)
            return self.timed_out(request_id, seconds)
        except WorkerDied:
            self._kill(worker)
            return self._failed(request_id, "Runtime.ExitError", await worker.describe_exit())
        self._rest(worker)
        failed = kind == execution_environment.ERROR
        return within_limits(InvocationResult(document, failed=failed))

    def _timeout(self, fault: HandlerFault | None) -> float:
        """The function's timeout, or that of an injected timeout."""
        injected = fault.after if isinstance(fault, Timeout) else None
        return injected or self._function.timeout

    def _failed(self, request_id: str, error: str, message: str) -> InvocationResult:
        text = f"RequestId: {request_id} Error: {message}"
        with suppress(OSError), self._log.open("a") as log:  # a full disk loses the line
            log.write(text + "\n")
        return failure(error, text)

    def _kill(self, worker: WorkerProcess) -> None:
        worker.kill()
        self._all.discard(worker)
