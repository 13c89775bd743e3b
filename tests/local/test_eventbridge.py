import asyncio
import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployment.schedules import Schedule
from local import eventbridge
from local.faults.function_faults import Hold, Raise, Throttle
from local.lambda_functions.runtime import Runtime
from tests.local.in_process import a_runtime, becomes
from tests.local.small_stack import CLOUD, Running, eventually

SOON = 0.02


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small handlers, for workers of this process."""
    monkeypatch.syspath_prepend(CLOUD)


def ticks(logs: Path) -> list[Any]:
    """The events that TickFunction was run on."""
    log = logs / "TickFunction.log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line.removeprefix("tick ")) for line in lines if line.startswith("tick ")]


def test_the_stack_runs_scheduled_functions_as_often_as_it_is_told(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    running = start(tmp_path, "--schedules", "0.2")
    logs = Path(running.stack["logs"])
    eventually(lambda: ticks(logs).count({"a": 1}) > 2, "the function is run again and again")
    own = next(event for event in ticks(logs) if event != {"a": 1})
    assert (own["source"], own["detail-type"]) == ("aws.events", "Scheduled Event")
    assert own["detail"] == {}
    assert own["id"]
    assert running.end() == (0, "")


def test_by_itself_the_stack_keeps_to_the_templates_rates(cloud: Running) -> None:
    assert ticks(Path(cloud.stack["logs"])) == [], "an hour has not gone by"


def test_schedules_may_be_changed_or_turned_off() -> None:
    own = [Schedule("Act", 60, None), Schedule("Other", 3600, "{}")]
    assert eventbridge.at_rate(own, None) == own
    assert eventbridge.at_rate(own, 5) == [Schedule("Act", 5, None), Schedule("Other", 5, "{}")]
    assert eventbridge.at_rate(own, 0) == []


def at_once(function: str, **event: str) -> Schedule:
    return Schedule(function, SOON, json.dumps(event))


def runs(mark: Path) -> int:
    return len(mark.read_text().splitlines()) if mark.exists() else 0


def test_a_run_that_is_still_going_is_not_overlapped(tmp_path: Path) -> None:
    """The other function's runs are the clock."""
    held, clock = tmp_path / "held", tmp_path / "clock"

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            runtime.faults.put("Act", [Hold(kind="hold", times=None)])
            both = [
                at_once("Act", do="touch", path=str(held)),
                at_once("Other", do="touch", path=str(clock)),
            ]
            async with eventbridge.running(both, runtime):
                await becomes(lambda: runtime.holds.counts() == {"Act": 1}, "one is held")
                before = runs(clock)
                await becomes(lambda: runs(clock) > before + 5, "more runs were due")
                assert runtime.holds.counts() == {"Act": 1}
                runtime.faults.clear()
                runtime.holds.release("Act")
                await becomes(lambda: runs(held) > 2, "it is run again")

    asyncio.run(run())


def test_a_failed_run_is_logged_and_the_next_is_due_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = tmp_path / "mark"
    caplog.set_level(logging.WARNING, "local.eventbridge")  # the authoring SDK hides warnings

    async def run(runtime: Runtime) -> None:
        runtime.faults.put("Act", [Raise(kind="raise", error="TooBad"), Throttle(kind="throttle")])
        async with eventbridge.running([at_once("Act", do="touch", path=str(mark))], runtime):
            await becomes(lambda: runs(mark) > 0, "the third run")

    async def in_runtime() -> None:
        async with a_runtime(tmp_path) as runtime:
            await run(runtime)

    asyncio.run(in_runtime())
    ours = [record for record in caplog.records if record.name == "local.eventbridge"]
    failed, throttled = [record.getMessage() for record in ours]
    assert failed.startswith("scheduled Act failed: ")
    assert "TooBad" in failed
    assert throttled == "scheduled Act was not run"


def test_nothing_runs_before_the_first_interval_or_after_the_end(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            hourly = Schedule("Act", 3600, json.dumps({"do": "touch", "path": str(mark)}))
            async with eventbridge.running([hourly], runtime):
                assert not (await runtime.invoke("Other", {"do": "count"})).failed
                assert not mark.exists()
            assert len(asyncio.all_tasks()) == 1, "no schedule is left"

    asyncio.run(run())
