import asyncio
import json
import logging
from pathlib import Path

import pytest

from deployment.schedules import Schedule
from deployment.template import Function
from local import eventbridge
from local.faults.function_faults import AnyFunctionFault, Hold, Raise, Throttle
from tests.local.in_process import a_runtime, becomes
from tests.local.small_stack import lines, ticks

SOON = 0.02
TICK = Function("TickFunction", "arn", "cloud_functions.tick", 20, 128, {})


def test_schedules_have_the_templates_interval_or_another_one_or_are_off() -> None:
    own = [Schedule("Act", 60, None), Schedule("Other", 3600, "{}")]
    assert eventbridge.at_rate(own, None) == own
    assert eventbridge.at_rate(own, 5) == [Schedule("Act", 5, None), Schedule("Other", 5, "{}")]
    assert eventbridge.at_rate(own, 0) == []


@pytest.mark.parametrize(("elapsed", "until_due"), [(0, 60), (1, 59), (60, 60), (130, 50)])
def test_runs_are_due_at_multiples_of_the_interval(elapsed: float, until_due: float) -> None:
    assert eventbridge.seconds_until_due(60, elapsed) == until_due


def soon(function: str, file: Path) -> Schedule:
    """A run of the function in a moment, and every moment after that."""
    return Schedule(function, SOON, json.dumps({"do": "touch", "path": str(file)}))


@pytest.mark.usefixtures("starts_a_stack")
def test_runs_of_a_schedule_do_not_overlap(tmp_path: Path) -> None:
    """The runs of the other function show that time has passed."""
    held, clock = tmp_path / "held", tmp_path / "clock"

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            runtime.faults.replace("Act", [Hold(kind="hold", times=None)])
            schedules = [soon("Act", held), soon("Other", clock)]
            async with eventbridge.running(schedules, runtime):
                await becomes(lambda: runtime.held.counts() == {"Act": 1}, "one run is held")
                before = lines(clock)
                await becomes(lambda: lines(clock) > before + 5, "more runs were due")
                assert runtime.held.counts() == {"Act": 1}
                runtime.faults.clear()
                runtime.held.release("Act")
                await becomes(lambda: lines(held) > 2, "it runs again")

    asyncio.run(run())


@pytest.mark.usefixtures("starts_a_stack")
def test_a_run_that_fails_is_logged_and_the_next_one_still_runs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "file"
    caplog.set_level(logging.WARNING, "local.eventbridge")  # the authoring SDK hides warnings
    faults: list[AnyFunctionFault] = [
        Raise(kind="raise", error="TooBad"),
        Throttle(kind="throttle"),
    ]

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            runtime.faults.replace("Act", faults)
            async with eventbridge.running([soon("Act", file)], runtime):
                await becomes(lambda: lines(file) > 0, "the third run")

    asyncio.run(run())
    ours = [record for record in caplog.records if record.name == "local.eventbridge"]
    failed, throttled = [record.getMessage() for record in ours]
    assert failed.startswith("the scheduled Act failed: ")
    assert "TooBad" in failed
    assert throttled == "the scheduled Act did not run"


@pytest.mark.usefixtures("starts_a_stack")
def test_nothing_runs_before_the_first_interval_or_after_the_end(tmp_path: Path) -> None:
    file = tmp_path / "file"

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            hourly = Schedule("Act", 3600, json.dumps({"do": "touch", "path": str(file)}))
            async with eventbridge.running([hourly], runtime):
                assert not (await runtime.invoke("Other", {"do": "count"})).failed
                assert not file.exists()
            assert len(asyncio.all_tasks()) == 1, "no schedule is left"

    asyncio.run(run())


@pytest.mark.usefixtures("starts_a_stack")
def test_without_an_input_a_run_gets_eventbridges_own_event(tmp_path: Path) -> None:
    async def run() -> None:
        schedule = Schedule("TickFunction", SOON, None)
        async with (
            a_runtime(tmp_path, TICK) as runtime,
            eventbridge.running([schedule], runtime),
        ):
            await becomes(lambda: ticks(tmp_path), "the function runs")

    asyncio.run(run())
    event = ticks(tmp_path)[0]
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    assert event["detail"] == {}
    assert event["id"]
