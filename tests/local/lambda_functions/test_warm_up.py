"""Workers are started when the API is used, and ended when it is not."""

import asyncio
from pathlib import Path

import pytest

from local.lambda_functions.runtime import Runtime
from local.lambda_functions.warm_up import WarmUp
from tests.local.in_process import a_runtime, becomes

pytestmark = pytest.mark.usefixtures("starts_a_stack")  # worker processes
COUNT = {"do": "count"}


def sizes(runtime: Runtime) -> tuple[int, int]:
    """How many workers the two functions have."""
    act, other = (runtime._functions[name][1].workers for name in ("Act", "Other"))  # noqa: SLF001
    return act, other


def test_a_runtime_that_was_not_called_has_no_worker(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            assert sizes(runtime) == (0, 0)
            assert runtime.is_cold("Act")

    asyncio.run(run())


def test_the_first_request_starts_one_worker_of_each_function(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            api = WarmUp(runtime)
            assert not (await api.invoke("Act", COUNT)).failed
            assert api.warming
            await api.warming
            assert sizes(runtime) == (1, 1)
            await api.invoke("Act", COUNT)
            await api.invoke("Other", COUNT)
            assert sizes(runtime) == (1, 1)

    asyncio.run(run())


def test_what_is_no_request_starts_its_own_worker_only(tmp_path: Path) -> None:
    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            await runtime.invoke("Act", COUNT)
            assert sizes(runtime) == (1, 0)

    asyncio.run(run())


def test_idle_workers_end_and_busy_ones_do_not(tmp_path: Path) -> None:
    meeting = tmp_path / "meeting"
    meeting.mkdir()
    meet = {"do": "meet", "folder": str(meeting)}

    async def run() -> None:
        async with a_runtime(tmp_path) as runtime:
            await asyncio.gather(*(runtime.invoke("Act", COUNT) for _ in range(3)))
            started = sizes(runtime)[0]
            busy = asyncio.create_task(runtime.invoke("Act", meet))
            await becomes(lambda: list(meeting.iterdir()), "busy")
            runtime.end_idle(60)
            assert sizes(runtime) == (started, 0)
            runtime.end_idle(0)
            assert sizes(runtime) == (1, 0)
            await runtime.invoke("Act", meet)
            assert not (await busy).failed

    asyncio.run(run())
