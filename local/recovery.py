"""Runs the reconciler at once whenever the embedded engine has started.

The engine has forgotten all executions then. The reconciler starts those of open orders again,
which would otherwise wait for its schedule.
"""

import asyncio
import json
import logging
from contextlib import AbstractAsyncContextManager

from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_attempt, wait_fixed

from deployment.template import Template
from local.lambda_functions.runtime import Runtime
from local.processes.background import background

HANDLER = "operations.reconciler.handler"
EVENT = {"older_than": 0, "per_second": 1000}
"""Young orders, too, and without a pace: the engine has quotas with `--unkind` only."""
RUNS = 60
"""How often it runs at most, a second apart, until it has looked at every open order."""

_log = logging.getLogger(__name__)


def running(
    engine_started: asyncio.Event, template: Template, runtime: Runtime
) -> AbstractAsyncContextManager[None]:
    """Wait for starts of the engine, until the context ends."""
    reconcilers = [each.name for each in template.functions.values() if each.handler == HANDLER]
    return background(_repeat(engine_started, each, runtime) for each in reconcilers)


async def _repeat(engine_started: asyncio.Event, function: str, runtime: Runtime) -> None:
    runs = AsyncRetrying(
        retry=retry_if_result(lambda done: not done),
        stop=stop_after_attempt(RUNS),
        wait=wait_fixed(1),
    )
    while True:
        await engine_started.wait()
        engine_started.clear()
        try:
            await runs(_run, function, runtime)
        except RetryError:
            _log.warning("%s leaves the open orders to its schedule", function)


async def _run(function: str, runtime: Runtime) -> bool:
    """Run once; returns whether it looked at every open order, and left none."""
    try:
        result = await runtime.invoke(function, EVENT)
    except Exception:  # noqa: BLE001 - a run that failed is repeated
        _log.exception("%s did not run", function)
        return False
    if result.failed:
        return False
    done = json.loads(result.payload)
    return not done["more"] and all(each["outcome"] != "left" for each in done["outcomes"])
