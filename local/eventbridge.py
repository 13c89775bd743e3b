"""Runs functions on their schedules, as EventBridge does."""

import asyncio
import json
import logging
import uuid
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.schedules import Schedule
from local.lambda_functions.runtime import Runtime

_log = logging.getLogger(__name__)


def at_rate(schedules: Iterable[Schedule], seconds: float | None) -> list[Schedule]:
    """The schedules, all at one rate if one is given; none at the rate 0."""
    if seconds is None:
        return list(schedules)
    return [replace(this, seconds=seconds) for this in schedules] if seconds else []


@asynccontextmanager
async def running(schedules: Iterable[Schedule], runtime: Runtime) -> AsyncIterator[None]:
    """Run each schedule, its first time one interval from now, until the context ends."""
    tasks = [asyncio.create_task(_repeat(this, runtime)) for this in schedules]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(schedule: Schedule, runtime: Runtime) -> None:
    """A run that is still going when the next is due takes its place."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        await asyncio.sleep(_until_due(schedule, began, loop))
        await _run(schedule, runtime)


def _until_due(schedule: Schedule, began: float, loop: AbstractEventLoop) -> float:
    return schedule.seconds - (loop.time() - began) % schedule.seconds


async def _run(schedule: Schedule, runtime: Runtime) -> None:
    try:
        answer = await runtime.invoke(schedule.function, _event(schedule))
    except Exception:  # noqa: BLE001  # what befalls one run must not end the schedule
        _log.exception("scheduled %s was not run", schedule.function)
        return
    if answer.failed:
        _log.warning("scheduled %s failed: %.300s", schedule.function, answer.payload.decode())


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
