"""A Lambda runtime: each function has workers of its own, started when needed.

A worker handles one event at a time and stays warm for the next. What does not
find a free worker waits its turn; functions never wait for each other's.
"""

import asyncio
import json
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import socket
import time
import uuid
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, NamedTuple, Self

from local import worker
from local.faults import FaultPlan, Timeout
from local.template import Function

WORKERS_PER_FUNCTION = 8
INIT_SECONDS = 10.0  # Lambda's own limit for imports
ANSWER_BYTES = 6_291_556  # Lambda's limit for a synchronous answer
LINE_BYTES = 2**26  # six times a Lambda payload: every character may be escaped
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["local.preload"])
# One thread: multiprocessing's table of children is not made for several.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")


class Answer(NamedTuple):
    """What an invocation gave: JSON, and whether it is an error document."""

    payload: bytes
    failed: bool = False


class UnknownFunction(LookupError):
    """No function of that name."""


class WorkerEnded(Exception):
    """The worker process ended before it answered."""


def start_fork_server(log: Path) -> None:
    """Start the process that workers are forked from, its imports included.

    What it or a worker cut off in its first moments has to say goes to the log.
    """
    terminal = os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 2)
    try:
        _start_fork_server()
    finally:
        os.dup2(terminal, 2)
        os.close(terminal)


def _start_fork_server() -> None:
    """SIGINT is blocked meanwhile: a Ctrl-C, which reaches the whole group, is ours alone."""
    # First, because starting it ends with SIGINT unblocked.
    multiprocessing.resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    multiprocessing.forkserver.ensure_running()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class Worker:
    """This side of a worker process."""

    def __init__(
        self,
        process: ForkServerProcess,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer

    @classmethod
    async def start(cls, function: Function, log: Path) -> Self:
        """Fork a worker; it imports the handler meanwhile."""
        ours, theirs = socket.socketpair()
        with theirs:
            arguments = (function, log, theirs)
            process = _FORKS.Process(target=worker.serve, args=arguments, daemon=True)
            await asyncio.get_running_loop().run_in_executor(_SPAWNER, process.start)
        return cls(process, *await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES))

    @property
    def usable(self) -> bool:
        """Whether it can take an event: it lives as far as is known here."""
        return not self._reader.at_eof()

    async def hear(self) -> tuple[bytes, bytes]:
        """The next message: its kind and its JSON. Raises WorkerEnded."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise WorkerEnded
        return line[:1], line[1:-1]

    async def ask(self, call: dict[str, Any]) -> tuple[bytes, bytes]:
        """Hand over an event and wait for the answer. Raises WorkerEnded."""
        self._writer.write(json.dumps(call).encode() + b"\n")
        with suppress(ConnectionError):
            await self._writer.drain()
        return await self.hear()

    def kill(self) -> None:
        """End the process now; what it was doing is lost."""
        self._process.kill()
        self._writer.close()

    async def ending(self) -> str:
        """How the process ended, as Lambda says it."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(_SPAWNER, self._process.join, 1)
        return _exited(self._process.exitcode)


class Pool:
    """The workers of one function."""

    def __init__(self, function: Function, log: Path, faults: FaultPlan) -> None:
        self._function, self._log, self._faults = function, log, faults
        self._turns = asyncio.Semaphore(WORKERS_PER_FUNCTION)
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    async def invoke(self, event: Any, request_id: str) -> Answer:  # noqa: ANN401  # JSON
        """Run the handler on the event, in its turn."""
        async with self._turns:
            here = self._warm() or await self._start()
            if isinstance(here, Answer):
                return here
            try:
                return await self._run(here, event, request_id)
            except BaseException:
                self._end(here)
                raise

    async def warm_up(self) -> None:
        """Have a worker ready for the first event; an import error waits for that event."""
        async with self._turns:
            if not self._idle and isinstance(here := await self._start(), Worker):
                self._idle.append(here)

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
        """A fresh worker, or why its handler could not be imported."""
        this = await Worker.start(self._function, self._log)
        self._all.add(this)
        try:
            async with asyncio.timeout(INIT_SECONDS):
                kind, document = await this.hear()
        except (TimeoutError, WorkerEnded):
            self._end(this)
            return _failure("Runtime.ExitError", "Runtime exited during initialisation")
        if kind == worker.READY:
            return this
        self._end(this)
        return Answer(document, failed=True)

    async def _run(self, this: Worker, event: Any, request_id: str) -> Answer:  # noqa: ANN401
        fault = self._faults.take(self._function.name)
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
            async with asyncio.timeout(limit):
                kind, document = await this.ask(call)
        except TimeoutError:
            return self._lost(this, request_id, "Sandbox.Timedout", _timed_out(limit))
        except WorkerEnded:
            return self._lost(this, request_id, "Runtime.ExitError", await this.ending())
        self._idle.append(this)
        return _within_limits(Answer(document, failed=kind == worker.ERROR))

    def _lost(self, this: Worker, request_id: str, error: str, message: str) -> Answer:
        self._end(this)
        text = f"RequestId: {request_id} Error: {message}"
        with self._log.open("a") as log:
            log.write(text + "\n")
        return _failure(error, text)

    def _end(self, this: Worker) -> None:
        this.kill()
        self._all.discard(this)


class Runtime:
    """All functions of the template."""

    def __init__(self, functions: Iterable[Function], logs: Path) -> None:
        self.faults = FaultPlan()
        self._pools = {
            function.name: Pool(function, logs / f"{function.name}.log", self.faults)
            for function in functions
        }

    def __contains__(self, name: object) -> bool:
        return name in self._pools

    async def invoke(self, name: str, event: Any, request_id: str = "") -> Answer:  # noqa: ANN401
        """Invoke a function by name. Raises UnknownFunction."""
        if name not in self._pools:
            raise UnknownFunction(name)
        return await self._pools[name].invoke(event, request_id or str(uuid.uuid4()))

    async def warm_up(self) -> None:
        """Start one worker of each function, one after the other."""
        for pool in self._pools.values():
            await pool.warm_up()

    def stop(self) -> None:
        """End all workers at once."""
        for pool in self._pools.values():
            pool.stop()


def _exited(code: int | None) -> str:
    if code == 0:
        return "Runtime exited without providing a reason"
    if code is None or code > 0:
        return f"Runtime exited with error: exit status {code}"
    return f"Runtime exited with error: signal: {str(signal.strsignal(-code)).lower()}"


def _timed_out(limit: float) -> str:
    return f"Task timed out after {limit:.2f} seconds"


def _failure(error: str, message: str) -> Answer:
    document = {"errorType": error, "errorMessage": message}
    return Answer(json.dumps(document).encode(), failed=True)


def _within_limits(answer: Answer) -> Answer:
    if len(answer.payload) <= ANSWER_BYTES:
        return answer
    message = f"Response payload size exceeded maximum allowed payload size ({ANSWER_BYTES} bytes)."
    return _failure("Function.ResponseSizeTooLarge", message)
