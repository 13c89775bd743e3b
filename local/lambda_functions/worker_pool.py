"""The workers of one function: started when needed, kept warm, replaced when lost."""

import time
from asyncio import timeout
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults.function_faults import InHandler, Timeout
from local.lambda_functions import execution_environment
from local.lambda_functions.invocation_result import Answer, failure, timed_out, within_limits
from local.lambda_functions.worker_process import Worker, WorkerEnded

INIT_SECONDS = 10.0  # Lambda's own limit for imports


class Workers:
    """The worker processes of one function; who may use one is not decided here."""

    def __init__(self, function: Function, log: Path) -> None:
        self._function, self._log = function, log
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    async def ready(self) -> Worker | Answer:
        """A worker that takes an event, or why its handler could not be imported."""
        return self._warm() or await self._start()

    async def warm_up(self) -> None:
        """Have a worker ready for the first event; an import error waits for that event."""
        if not self._idle and isinstance(here := await self._start(), Worker):
            self._idle.append(here)

    async def run(
        self,
        this: Worker | Answer,
        event: Any,  # noqa: ANN401  # JSON
        request_id: str,
        fault: InHandler | None = None,
    ) -> Answer:
        """Run the handler in the worker, which is idle again or gone afterwards."""
        if isinstance(this, Answer):
            return this
        try:
            return await self._ask(this, event, request_id, fault)
        except BaseException:
            self._end(this)
            raise

    def time_out(self, request_id: str, limit: float) -> Answer:
        """What is said, and logged, of an invocation that took too long."""
        return self._fail(request_id, "Sandbox.Timedout", timed_out(limit))

    def stop(self) -> None:
        """End all workers at once."""
        for this in list(self._all):
            self._end(this)

    def _warm(self) -> Worker | None:
        """The worker used last, so that few stay warm when there is little to do."""
        while self._idle:
            if (this := self._idle.pop()).usable:
                return this
            self._end(this)
        return None

    async def _start(self) -> Worker | Answer:
        this = await Worker.start(self._function, self._log)
        self._all.add(this)
        try:
            async with timeout(INIT_SECONDS):
                kind, document = await this.hear()
        except (TimeoutError, WorkerEnded):
            self._end(this)
            return failure("Runtime.ExitError", "Runtime exited during initialisation")
        if kind == execution_environment.READY:
            return this
        self._end(this)
        return Answer(document, failed=True)

    async def _ask(
        self,
        this: Worker,
        event: Any,  # noqa: ANN401
        request_id: str,
        fault: InHandler | None,
    ) -> Answer:
        limit = self._function.timeout
        if isinstance(fault, Timeout):
            limit = fault.after or limit
        call = {
            "event": event,
            "request_id": request_id,
            "deadline": time.time() + limit,
            "fault": fault and fault.model_dump(),
        }
        try:
            async with timeout(limit):
                kind, document = await this.ask(call)
        except TimeoutError:
            self._end(this)
            return self.time_out(request_id, limit)
        except WorkerEnded:
            self._end(this)
            return self._fail(request_id, "Runtime.ExitError", await this.ending())
        self._idle.append(this)
        return within_limits(Answer(document, failed=kind == execution_environment.ERROR))

    def _fail(self, request_id: str, error: str, message: str) -> Answer:
        text = f"RequestId: {request_id} Error: {message}"
        with self._log.open("a") as log:
            log.write(text + "\n")
        return failure(error, text)

    def _end(self, this: Worker) -> None:
        this.kill()
        self._all.discard(this)
