"""Turns at a function's workers: held, refused, late and doubled."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from deployment.template import Route
from local.api_gateway import gateway
from local.api_gateway.gateway import Gateway
from local.faults.function_faults import Hold, Late
from local.lambda_functions.concurrency import WORKERS_PER_FUNCTION, Throttled
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import Runtime
from tests.local.in_process import ACT, a_runtime, becomes
from tests.local.small_stack import CLOUD, Running, eventually

pytestmark = pytest.mark.usefixtures("no_fault_left")
REFUSAL = {
    "Type": "User",
    "message": "Rate Exceeded.",
    "Reason": "ConcurrentInvocationLimitExceeded",
}


def touched(mark: Path) -> int:
    """How often the handler did its work."""
    return len(mark.read_text().splitlines()) if mark.exists() else 0


def test_a_held_event_runs_when_the_plan_is_cleared(cloud: Running, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    cloud.plan({"kind": "hold"})
    with ThreadPoolExecutor() as threads:
        held = threads.submit(cloud.act, "touch", path=str(mark))
        eventually(lambda: cloud.held() == 1, "the event is held")
        assert "errorType" not in cloud.act("count"), "the fault is used up"
        assert (held.done(), touched(mark)) == (False, 0)
        cloud.clear_faults()
        assert held.result() is None
    assert (touched(mark), cloud.held()) == (1, 0)


def test_a_held_event_runs_when_its_functions_plan_is_replaced(cloud: Running) -> None:
    cloud.plan({"kind": "hold"})
    with ThreadPoolExecutor() as threads:
        held = threads.submit(cloud.act, "count")
        eventually(lambda: cloud.held() == 1, "the event is held")
        cloud.plan_more({"kind": "raise"})
        cloud.plan({"kind": "raise"}, function="OtherFunction")
        assert cloud.held() == 1, "neither another plan nor an addition lets it go"
        cloud.plan({"kind": "raise", "times": None})
        assert "errorType" not in held.result(), "the new plan is for the events to come"


def test_a_late_event_is_a_timeout_whose_work_is_done(cloud: Running, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    cloud.plan({"kind": "late"})
    answer = cloud.act("touch", path=str(mark))
    assert answer["errorType"] == "Sandbox.Timedout"
    assert answer["errorMessage"].endswith("Task timed out after 1.00 seconds")
    eventually(lambda: touched(mark) == 1, "the work is done")


def test_late_work_begins_after_its_delay_and_then_has_all_its_time(
    cloud: Running, tmp_path: Path
) -> None:
    """The delay alone is longer than the function may take."""
    mark = tmp_path / "mark"
    cloud.plan({"kind": "late", "delay": 2})
    cloud.act("touch", path=str(mark))
    assert touched(mark) == 0
    eventually(lambda: touched(mark) == 1, "the work is done")


@pytest.fixture
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small handlers, for workers of this process."""
    monkeypatch.syspath_prepend(CLOUD)


def test_a_late_worker_keeps_its_turn_and_is_idle_afterwards(
    handlers: None, tmp_path: Path
) -> None:
    async def run() -> None:
        async with a_runtime(tmp_path, turn_seconds=0.2) as runtime:
            runtime.faults.put("Act", [Late(kind="late", delay=3600, times=7)])
            for _ in range(7):
                assert (await runtime.invoke("Act", {"do": "count"})).failed
            first = json.loads((await runtime.invoke("Act", {"do": "count"})).payload)
            runtime.faults.put("Act", [Late(kind="late")])
            mark = tmp_path / "mark"
            assert (await runtime.invoke("Act", {"do": "touch", "path": str(mark)})).failed
            await becomes(mark.exists, "the late work")
            last = json.loads((await runtime.invoke("Act", {"do": "count"}, patience=20)).payload)
            assert last == {"pid": first["pid"], "calls": first["calls"] + 2}
            runtime.faults.put("Act", [Late(kind="late", delay=3600)])
            await runtime.invoke("Act", {"do": "count"})
            with pytest.raises(Throttled):
                await runtime.invoke("Act", {"do": "count"})

    asyncio.run(run())


def test_an_event_delivered_twice_runs_in_two_workers_at_once(
    cloud: Running, tmp_path: Path
) -> None:
    """Each waits for the other's mark, so one after the other would never end."""
    cloud.plan({"kind": "twice"})
    answer = cloud.act("meet", folder=str(tmp_path))
    assert answer["met"] == 2
    assert len(list(tmp_path.iterdir())) == 2


def test_the_answer_to_an_event_delivered_twice_is_the_last(cloud: Running, tmp_path: Path) -> None:
    cloud.plan({"kind": "twice"})
    answer = cloud.act("queue", path=str(tmp_path / "queue"))
    assert answer["place"] == 2
    assert touched(tmp_path / "queue") == 2


def test_a_throttled_event_is_not_run(cloud: Running, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    cloud.plan({"kind": "throttle"})
    answer = cloud.invoke("ActFunction", {"do": "touch", "path": str(mark)})
    assert_throttled(answer)
    assert cloud.act("count")["calls"] > 0
    assert not mark.exists()


def assert_throttled(answer: httpx.Response) -> None:
    assert answer.status_code == 429
    assert answer.headers["x-amzn-errortype"] == "TooManyRequestsException"
    assert "x-amz-function-error" not in answer.headers
    assert REFUSAL.items() <= answer.json().items()


def test_the_engine_sees_a_throttled_function_by_its_own_error(cloud: Running) -> None:
    cloud.plan({"kind": "throttle"})
    body = {"name": "throttled", "input": {"do": "count"}}
    arn = cloud.call("POST", "/executions", json=body).json()["arn"]
    states = cloud.client("stepfunctions")
    ended = lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING"  # noqa: E731
    eventually(ended, "the execution's end")
    assert states.describe_execution(executionArn=arn)["error"] == "Lambda.TooManyRequestsException"
    events = states.get_execution_history(executionArn=arn)["events"]
    (failed,) = [e["taskFailedEventDetails"] for e in events if e["type"] == "TaskFailed"]
    assert failed["error"] == "Lambda.TooManyRequestsException"
    assert failed["cause"].startswith("Rate Exceeded. (Service: AWSLambda; Status Code: 429;")


def test_a_throttled_route_is_a_429(cloud: Running) -> None:
    cloud.plan({"kind": "throttle", "where": {"path": "/things/1"}}, function="EchoFunction")
    assert cloud.call("GET", "/things/2").status_code == 200
    answer = cloud.call("GET", "/things/1")
    assert (answer.status_code, answer.json()) == (429, {"message": "Too Many Requests"})
    assert answer.headers["x-request-id"]
    assert cloud.call("GET", "/things/1").status_code == 200


def test_spent_concurrency_is_throttled_and_never_a_500(
    handlers: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(gateway, "TURN_SECONDS", 0.1)

    async def run() -> None:
        async with a_runtime(tmp_path, turn_seconds=0.1) as runtime:
            runtime.faults.put("Act", [Hold(kind="hold", times=WORKERS_PER_FUNCTION)])
            held = [
                asyncio.create_task(runtime.invoke("Act", {"do": "count"}))
                for _ in range(WORKERS_PER_FUNCTION)
            ]
            await becomes(
                lambda: runtime.holds.counts() == {"Act": WORKERS_PER_FUNCTION}, "all are held"
            )
            assert_throttled(await invoked(runtime, "Act"))
            assert (await invoked(runtime, "Other")).status_code == 200
            answer = await requested(runtime)
            assert (answer.status_code, answer.json()) == (429, {"message": "Too Many Requests"})
            runtime.holds.release("Act")
            assert not any(answer.failed for answer in await asyncio.gather(*held))
            assert (await invoked(runtime, "Act")).status_code == 200

    asyncio.run(run())


async def invoked(runtime: Runtime, function: str) -> httpx.Response:
    """Through the Invoke API."""
    transport = httpx.ASGITransport(InvokeApi(runtime, with_faults=False).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://lambda") as client:
        path = f"/2015-03-31/functions/{function}/invocations"
        return await client.post(path, json={"do": "count"})


async def requested(runtime: Runtime) -> httpx.Response:
    """Through the gateway."""
    transport = httpx.ASGITransport(Gateway([Route("POST", "/act", "Act")], runtime, "key"))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.post("/act", headers={"x-api-key": "key"})


def test_without_the_option_there_are_no_faults_to_plan(handlers: None, tmp_path: Path) -> None:
    app = InvokeApi(Runtime([ACT], tmp_path), with_faults=False).app

    async def run() -> int:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://lambda") as client:
            return (await client.put("/faults/Act", json=[{"kind": "kill"}])).status_code

    assert asyncio.run(run()) == 404
