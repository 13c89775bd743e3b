"""A component is `sleep`, which these tests kill."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from local.processes import child_process, restarts
from local.processes.child_process import Child
from local.processes.errors import StackFailure
from local.processes.restarts import RESTARTS, Component


def sleep(log: Path) -> Callable[[], object]:
    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        async with child_process.child("A component", "sleep", 60, log=log) as this:
            yield this

    return start


async def killed_until_it_fails(log: Path, *, at_most: int) -> list[int]:
    """Kill the component whenever it runs; the process ids of its restarts."""
    restarted: list[int] = []
    async with AsyncExitStack() as exits:
        component = await Component.started(sleep(log), exits)  # type: ignore[arg-type]

        def kill() -> None:
            restarted.append(component.child.process.pid)
            if len(restarted) < at_most:
                component.child.process.kill()

        component.child.process.kill()
        async with asyncio.timeout(30):
            await component.keep_running(restarted=kill)
    return restarted


def test_a_component_that_dies_again_soon_after_a_restart_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    with pytest.raises(StackFailure) as failure:
        asyncio.run(killed_until_it_fails(log, at_most=9))
    assert str(failure.value) == f"A component ended unexpectedly (SIGKILL); see {log}."
    assert capsys.readouterr().out == "A component ended unexpectedly (SIGKILL); restarted.\n"


def test_a_component_is_restarted_five_times(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here no death comes too soon after a restart."""
    monkeypatch.setattr(restarts, "PROBATION_SECONDS", 0)
    with pytest.raises(StackFailure):
        asyncio.run(killed_until_it_fails(tmp_path / "log", at_most=9))
    assert capsys.readouterr().out.count("restarted") == RESTARTS == 5
