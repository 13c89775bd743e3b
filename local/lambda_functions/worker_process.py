"""This side of a worker process (worker.py is the other): started, asked, killed."""

import asyncio
import json
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Self

from deployment.template import Function
from local.lambda_functions import execution_environment
from local.lambda_functions.invocation_result import exited

LINE_BYTES = 2**26  # six times a Lambda payload: every character may be escaped
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["local.lambda_functions.preload"])
# One thread: multiprocessing's table of children is not made for several.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")


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
    """A worker process, as the runtime sees it."""

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
            process = _FORKS.Process(
                target=execution_environment.serve, args=arguments, daemon=True
            )
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
        return exited(self._process.exitcode)
