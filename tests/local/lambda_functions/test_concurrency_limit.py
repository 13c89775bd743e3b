import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deployment.template import Route
from local.api_gateway import gateway
from local.api_gateway.gateway import Gateway
from local.faults.function_faults import Hold
from local.lambda_functions.concurrency_limit import CONCURRENT_INVOCATIONS
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import SLOT_SECONDS, Runtime
from tests.local.in_process import a_runtime, becomes
from tests.local.lambda_client import LambdaClient

THROTTLED = {
    "Type": "User",
    "message": "Rate Exceeded.",
    "Reason": "ConcurrentInvocationLimitExceeded",
}

pytestmark = pytest.mark.usefixtures("starts_a_stack")  # worker processes


@contextmanager
def all_held(lambdas: LambdaClient, times: int) -> Iterator[list[Future[Any]]]:
    """Invocations that are held, as far as there are slots, until the block ends."""
    lambdas.plan({"kind": "hold", "times": None})
    with ThreadPoolExecutor(times) as threads:
        try:
            calls = [threads.submit(lambdas.act, "count") for _ in range(times)]
            lambdas.until_held(min(times, CONCURRENT_INVOCATIONS))
            yield calls
        finally:
            lambdas.clear_faults()


def test_concurrent_invocations_run_in_a_worker_each(lambdas: LambdaClient) -> None:
    with all_held(lambdas, 4) as calls:
        pass
    assert len({call.result().get("pid", str(call)) for call in calls}) == 4


def test_the_wait_for_a_slot_does_not_count_as_running(lambdas: LambdaClient) -> None:
    with all_held(lambdas, 3 * CONCURRENT_INVOCATIONS) as calls:
        # Longer than ActFunction's timeout.
        lambdas.invoke("OtherFunction", {"do": "sleep", "seconds": 1.1})
        assert not any(call.done() for call in calls)
    assert len({call.result()["pid"] for call in calls}) == CONCURRENT_INVOCATIONS


def test_a_busy_function_does_not_hold_up_another(lambdas: LambdaClient) -> None:
    with all_held(lambdas, 2 * CONCURRENT_INVOCATIONS) as busy:
        other = lambdas.invoke("OtherFunction", {"do": "count"})
        assert not any(call.done() for call in busy)
    assert other.json()["calls"] > 0


def test_an_invocation_without_a_slot_is_throttled_and_never_a_500(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert SLOT_SECONDS == 5
    monkeypatch.setattr(gateway, "SLOT_SECONDS", 0.1)

    async def run() -> None:
        async with a_runtime(tmp_path, slot_timeout=0.1) as runtime:
            runtime.faults.replace("Act", [Hold(kind="hold", times=CONCURRENT_INVOCATIONS)])
            held = [
                asyncio.create_task(runtime.invoke("Act", {"do": "count"}))
                for _ in range(CONCURRENT_INVOCATIONS)
            ]
            await becomes(
                lambda: runtime.held.counts() == {"Act": CONCURRENT_INVOCATIONS}, "all are held"
            )
            assert_throttled(await through_invoke_api(runtime, "Act"))
            assert (await through_invoke_api(runtime, "Other")).status_code == 200
            assert (await through_gateway(runtime)).status_code == 429
            runtime.held.release("Act")
            assert not any(result.failed for result in await asyncio.gather(*held))
            assert (await through_invoke_api(runtime, "Act")).status_code == 200

    asyncio.run(run())


def assert_throttled(response: httpx.Response) -> None:
    """As AWS throttles, by which Step Functions knows it."""
    assert response.status_code == 429
    assert response.headers["x-amzn-errortype"] == "TooManyRequestsException"
    assert "x-amz-function-error" not in response.headers
    assert THROTTLED.items() <= response.json().items()


async def through_invoke_api(runtime: Runtime, function: str) -> httpx.Response:
    transport = httpx.ASGITransport(InvokeApi(runtime, with_faults=False).app)
    async with httpx.AsyncClient(transport=transport, base_url="http://lambda") as client:
        path = f"/2015-03-31/functions/{function}/invocations"
        return await client.post(path, json={"do": "count"})


async def through_gateway(runtime: Runtime) -> httpx.Response:
    transport = httpx.ASGITransport(Gateway([Route("POST", "/act", "Act")], runtime, "key"))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.post("/act", headers={"x-api-key": "key"})
