"""A runtime inside the test's own process, whose limits a test may choose."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from deployment.template import Function
from local.lambda_functions.runtime import TURN_SECONDS, Runtime
from tests.local.small_stack import PATIENCE_SECONDS

ACT = Function("Act", "arn", "cloud_functions.act", 20, 128, {})
OTHER = Function("Other", "arn", "cloud_functions.act", 20, 128, {})


@asynccontextmanager
async def a_runtime(
    logs: Path, *functions: Function, turn_seconds: float = TURN_SECONDS
) -> AsyncIterator[Runtime]:
    """A runtime of these functions; their modules must be on the path."""
    runtime = Runtime(functions or [ACT, OTHER], logs, turn_seconds)
    try:
        yield runtime
    finally:
        runtime.stop()


async def becomes(condition: Callable[[], object], what: str) -> None:
    """Poll until the condition holds."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():  # noqa: ASYNC110  # processes set no asyncio.Event
                await asyncio.sleep(0.01)
    except TimeoutError as error:
        raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what}") from error
