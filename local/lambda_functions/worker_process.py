"""The parent's handle of one worker process: starts it, sends it invocations, kills it.

The code that runs inside the worker is in execution_environment.py.
"""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self

from deployment.template import Function
from local.lambda_functions import execution_environment, forkserver
from local.lambda_functions.execution_environment import Invocation
from local.lambda_functions.invocation_result import describe_exit

LINE_BYTES = 2**26  # six times a Lambda payload, as every character may be escaped
# One thread, because multiprocessing's table of children is not thread-safe.
_SPAWNER = ThreadPoolExecutor(1, thread_name_prefix="spawner")


class WorkerDied(Exception):
    """The worker process ended before it sent a message."""


class WorkerProcess:
    """A worker process, as the parent sees it."""

    def __init__(
        self,
        process: ForkServerProcess,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._process, self._reader, self._writer = process, reader, writer
        self.idle_since = 0.0
        """When its last invocation ended, in seconds of time.monotonic; set by the pool."""

    @classmethod
    async def start(cls, function: Function, log: Path) -> Self:
        """Fork a worker, which then begins to import the handler."""
        ours, theirs = socket.socketpair()
        with theirs:
            process = forkserver.CONTEXT.Process(
                target=execution_environment.serve, args=(function, log, theirs), daemon=True
            )
            await asyncio.get_running_loop().run_in_executor(_SPAWNER, process.start)
        return cls(process, *await asyncio.open_unix_connection(sock=ours, limit=LINE_BYTES))

    @property
    def is_usable(self) -> bool:
        """Whether the worker lives, as far as the parent knows."""
        return not self._reader.at_eof()

    async def next_message(self) -> tuple[bytes, bytes]:
        """The worker's next message: its kind and its JSON. Raises WorkerDied."""
        try:
            line = await self._reader.readline()
        except ConnectionError:
            line = b""
        if not line:
            raise WorkerDied
        return line[:1], line[1:-1]

    async def invoke(self, invocation: Invocation) -> tuple[bytes, bytes]:
        """Send an invocation and wait for its result. Raises WorkerDied."""
        self._writer.write(json.dumps(invocation).encode() + b"\n")
        with suppress(ConnectionError):
            await self._writer.drain()
        return await self.next_message()

    def kill(self) -> None:
        """Kill the process, whatever it is doing."""
        self._process.kill()
        self._writer.close()

    async def describe_exit(self) -> str:
        """How the process ended, in Lambda's words."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(_SPAWNER, self._process.join, 1)
        return describe_exit(self._process.exitcode)
