"""Starts child processes, watches them and ends them."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from local.processes import output
from local.processes.errors import StackFailure

T = TypeVar("T")
END_SECONDS = 2.0
"""A child that has not ended this long after it was asked to is killed."""


@dataclass(frozen=True)
class Child:
    """A running child process and its log file."""

    name: str
    process: asyncio.subprocess.Process
    log: Path

    async def unexpected_end(self) -> str:
        """Wait until the process ends, which it should not, and describe how it ended."""
        code = await self.process.wait()
        how = f"exit status {code}" if code >= 0 else signal.Signals(-code).name
        return f"{self.name} ended unexpectedly ({how})"

    async def fail_at_end(self) -> NoReturn:
        """Wait until the process ends, then raise StackFailure."""
        message = f"{await self.unexpected_end()}; see {self.log}."
        raise StackFailure(message)

    async def while_alive(self, work: Awaitable[T]) -> T:
        """The result of the work. Raises StackFailure if the process ends before the work."""
        working = asyncio.ensure_future(work)
        failing = asyncio.create_task(self.fail_at_end())
        try:
            await asyncio.wait({working, failing}, return_when=asyncio.FIRST_COMPLETED)
            return await working if working.done() else await failing
        finally:
            working.cancel()
            failing.cancel()


@asynccontextmanager
async def child(
    name: str,
    *command: str | Path | int,
    log: Path,
    ends_on: int = signal.SIGTERM,
    **options: Any,  # noqa: ANN401
) -> AsyncIterator[Child]:
    """Run a program until the context ends.

    The child is in a session of its own, so that a Ctrl-C in the terminal does not reach it. Its
    stdin is a pipe, which closes when the parent dies.
    """
    with os.fdopen(output.append_to(log), "wb") as logged:
        process = await asyncio.create_subprocess_exec(
            *map(str, command),
            stdin=subprocess.PIPE,
            stdout=logged,
            stderr=logged,
            start_new_session=True,
            **options,
        )
    try:
        yield Child(name, process, log)
    finally:
        await _end(process, ends_on)


async def run(name: str, *command: str | Path, log: Path, **options: Any) -> None:  # noqa: ANN401
    """Run a program to its end. Raises StackFailure when it fails."""
    async with child(name, *command, log=log, **options) as this:
        if await this.process.wait() != 0:
            raise StackFailure(f"{name} failed: {_last_line(log)} (see {log})")


def _last_line(log: Path) -> str:
    return (log.read_text(errors="replace").strip() or "no output").splitlines()[-1]


async def _end(process: asyncio.subprocess.Process, ends_on: int) -> None:
    if process.returncode is not None:
        return
    process.send_signal(ends_on)
    try:
        await asyncio.wait_for(process.wait(), END_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
