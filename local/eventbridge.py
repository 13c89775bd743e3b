"""Runs functions on their schedules, as EventBridge does.

template.yaml has the schedules: operations/reconciler runs every five minutes.
"""

import asyncio
import json
import logging
import uuid
from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.schedules import Schedule
from local.lambda_functions.runtime import Runtime
from local.processes.background import background

_log = logging.getLogger(__name__)


def at_rate(schedules: Iterable[Schedule], seconds: float | None) -> list[Schedule]:
    """The schedules, all with this interval in seconds (None: their own; 0: no schedules)."""
    if seconds is None:
        return list(schedules)
    return [replace(this, seconds=seconds) for this in schedules] if seconds else []


def running(schedules: Iterable[Schedule], runtime: Runtime) -> AbstractAsyncContextManager[None]:
    """Run each function on its schedule, first after one interval, until the context ends."""
    return background(_repeat(this, runtime) for this in schedules)


async def _repeat(schedule: Schedule, runtime: Runtime) -> None:
    """Run the function at every multiple of its interval, except while its last run goes on."""
    now = asyncio.get_running_loop().time
    started = now()
    while True:
        await asyncio.sleep(seconds_until_due(schedule.seconds, now() - started))
        await _run(schedule, runtime)


def seconds_until_due(interval: float, elapsed: float) -> float:
    """How long it is until the next multiple of the interval."""
    return interval - elapsed % interval


async def _run(schedule: Schedule, runtime: Runtime) -> None:
    try:
        result = await runtime.invoke(schedule.function, _event(schedule))
    except Exception:  # noqa: BLE001  # an error of one run must not end the schedule
        _log.exception("the scheduled %s did not run", schedule.function)
        return
    if result.failed:
        _log.warning("the scheduled %s failed: %.300s", schedule.function, result.payload.decode())


def _event(schedule: Schedule) -> Any:  # noqa: ANN401  # JSON
    if schedule.input is not None:
        return json.loads(schedule.input)
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": {},
    }
