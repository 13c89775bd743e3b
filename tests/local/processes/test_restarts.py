"""A component is `sleep`, which these tests kill."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest

from local.processes import child_process, restarts
from local.processes.child_process import Child
from local.processes.errors import StackFailure
from local.processes.restarts import Component


def sleep(log: Path, failures: list[Exception]) -> Callable[[], object]:
    """Starts the component, except that each failure is raised by one restart."""
    starts = 0

    @asynccontextmanager
    async def start() -> AsyncIterator[Child]:
        nonlocal starts
        starts += 1
        if starts > 1 and failures:
            raise failures.pop(0)
        async with child_process.child("A component", "sleep", 60, log=log) as this:
            yield this

    return start


async def killed(
    log: Path, times: int, end: Callable[[Component], None], *failures: Exception
) -> None:
    """End the component in this way whenever it runs, so many times."""
    async with AsyncExitStack() as exits:
        component = await Component.started(sleep(log, list(failures)), exits)  # type: ignore[arg-type]
        ended = 0

        def restarted() -> None:
            nonlocal ended
            ended += 1
            if ended == times:
                asyncio.current_task().cancel()  # type: ignore[union-attr]
            else:
                end(component)

        end(component)
        with suppress(asyncio.CancelledError):
            async with asyncio.timeout(30):
                await component.keep_running(restarted)


def kill(component: Component) -> None:
    component.child.process.kill()


@pytest.fixture
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restarts, "LONGEST_PAUSE", 0.01)


@pytest.mark.usefixtures("_short_pauses")
def test_a_component_is_restarted_however_often_it_dies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(killed(tmp_path / "log", 9, kill))
    assert capsys.readouterr().out == "A component ended unexpectedly (SIGKILL); restarted.\n" * 9


@pytest.mark.usefixtures("_short_pauses")
def test_a_restart_that_fails_is_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failures = [StackFailure("No room."), StackFailure("No room."), OSError("Still none.")]
    asyncio.run(killed(tmp_path / "log", 1, kill, *failures))
    how = "A component ended unexpectedly (SIGKILL)"
    assert capsys.readouterr().out.splitlines() == [
        f"{how}; it cannot be restarted yet: No room.",
        f"{how}; it cannot be restarted yet: Still none.",
        f"{how}; restarted.",
    ]


def test_a_component_that_is_of_no_use_is_replaced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(killed(tmp_path / "log", 1, lambda each: each.replace("does not answer")))
    assert capsys.readouterr().out == "A component does not answer; restarted.\n"


def test_pauses_double_up_to_half_a_minute() -> None:
    pauses = [0.0]
    for _ in range(7):
        pauses.append(restarts.longer(pauses[-1]))
    assert pauses == [0, 1, 2, 4, 8, 16, 30, 30]
