"""Invocations with a fault that is not in the handler: held, late, delivered twice, throttled."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.faults.function_faults import Late
from local.lambda_functions.concurrency_limit import Throttled
from tests.local.in_process import a_runtime, becomes
from tests.local.lambda_client import LambdaClient
from tests.local.small_stack import lines
from tests.running.waiting import eventually

pytestmark = pytest.mark.usefixtures("starts_a_stack")  # worker processes


def until_touched(file: Path) -> None:
    """Wait until the handler has run."""

    def touched() -> None:
        assert lines(file) == 1

    eventually(touched)


def test_a_held_invocation_runs_when_all_faults_are_removed(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    lambdas.plan({"kind": "hold"})
    with ThreadPoolExecutor() as threads:
        held = threads.submit(lambdas.act, "touch", path=str(file))
        lambdas.until_held()
        assert "errorType" not in lambdas.act("count"), "the fault is used up"
        assert (held.done(), lines(file)) == (False, 0)
        lambdas.clear_faults()
        assert held.result() is None
    assert (lines(file), lambdas.held()) == (1, 0)


def test_a_held_invocation_runs_when_its_functions_faults_are_replaced(
    lambdas: LambdaClient,
) -> None:
    lambdas.plan({"kind": "hold"})
    with ThreadPoolExecutor() as threads:
        held = threads.submit(lambdas.act, "count")
        lambdas.until_held()
        lambdas.plan_more({"kind": "raise"})
        lambdas.plan({"kind": "raise"}, function="OtherFunction")
        assert lambdas.held() == 1, "neither an added fault nor another function releases it"
        lambdas.plan({"kind": "raise", "times": None})
        assert "errorType" not in held.result(), "the new fault is for later invocations"


def test_a_late_invocation_is_a_timeout_whose_handler_runs(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    lambdas.plan({"kind": "late"})
    result = lambdas.act("touch", path=str(file))
    assert result["errorType"] == "Sandbox.Timedout"
    assert result["errorMessage"].endswith("Task timed out after 1.00 seconds")
    until_touched(file)


def test_a_late_handler_starts_after_its_delay_and_then_has_its_whole_timeout(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    """The delay alone is longer than the function's timeout of one second."""
    file = tmp_path / "file"
    lambdas.plan({"kind": "late", "delay": 1.2})
    lambdas.act("touch", path=str(file))
    assert lines(file) == 0
    until_touched(file)


def test_a_late_invocation_keeps_its_slot_and_its_worker_is_idle_afterwards(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        async with a_runtime(tmp_path, slot_timeout=0.2) as runtime:
            runtime.faults.replace("Act", [Late(kind="late", delay=3600, times=7)])
            for _ in range(7):
                assert (await runtime.invoke("Act", {"do": "count"})).failed
            first = json.loads((await runtime.invoke("Act", {"do": "count"})).payload)
            runtime.faults.replace("Act", [Late(kind="late")])
            file = tmp_path / "file"
            assert (await runtime.invoke("Act", {"do": "touch", "path": str(file)})).failed
            await becomes(file.exists, "the late handler ran")
            last = await runtime.invoke("Act", {"do": "count"}, slot_timeout=20)
            assert json.loads(last.payload) == {"pid": first["pid"], "calls": first["calls"] + 2}
            runtime.faults.replace("Act", [Late(kind="late", delay=3600)])
            await runtime.invoke("Act", {"do": "count"})
            with pytest.raises(Throttled):
                await runtime.invoke("Act", {"do": "count"})

    asyncio.run(run())


def test_an_event_delivered_twice_runs_in_two_workers_at_once(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    """Each handler waits for the other's file, so one after the other would never end."""
    lambdas.plan({"kind": "twice"})
    result = lambdas.act("meet", folder=str(tmp_path))
    assert result["met"] == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_the_result_of_an_event_delivered_twice_is_that_of_the_last_to_finish(
    lambdas: LambdaClient, tmp_path: Path
) -> None:
    lambdas.plan({"kind": "twice"})
    result = lambdas.act("queue", path=str(tmp_path / "queue"))
    assert result["place"] == 2
    assert lines(tmp_path / "queue") == 2


def test_a_throttled_invocation_does_not_run(lambdas: LambdaClient, tmp_path: Path) -> None:
    file = tmp_path / "file"
    lambdas.plan({"kind": "throttle"})
    response = lambdas.invoke("ActFunction", {"do": "touch", "path": str(file)})
    assert response.status_code == 429
    assert lambdas.act("count")["calls"] > 0
    assert not file.exists()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("ResourceNotReadyException", 502),
        ("EC2ThrottledException", 502),
        ("ENILimitReachedException", 502),
        ("SubnetIPAddressLimitReachedException", 502),
        ("KMSDisabledException", 502),
        ("ServiceException", 500),
        ("SnapStartNotReadyException", 409),
    ],
)
def test_lambda_refuses_an_invocation_with_an_error_of_its_own(
    lambdas: LambdaClient, tmp_path: Path, error: str, status: int
) -> None:
    file = tmp_path / "file"
    lambdas.plan({"kind": "invoke_error", "error": error})
    response = lambdas.invoke("ActFunction", {"do": "touch", "path": str(file)})
    assert (response.status_code, response.headers["x-amzn-errortype"]) == (status, error)
    assert "x-amz-function-error" not in response.headers
    assert lambdas.act("count")["calls"] > 0
    assert not file.exists()
