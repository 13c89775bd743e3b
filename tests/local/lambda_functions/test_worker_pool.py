from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from tests.local.lambda_client import LambdaClient
from tests.local.small_stack import until_gone


def test_a_warm_worker_keeps_its_state(lambdas: LambdaClient) -> None:
    first, second = lambdas.act("count"), lambdas.act("count")
    assert second == {"pid": first["pid"], "calls": first["calls"] + 1}


def test_a_timeout_kills_the_worker(lambdas: LambdaClient) -> None:
    worker = psutil.Process(lambdas.act("count")["pid"])
    response = lambdas.invoke("ActFunction", {"do": "sleep", "seconds": 30})
    assert response.status_code == 200
    assert response.headers["x-amz-function-error"] == "Unhandled"
    assert response.json()["errorType"] == "Sandbox.Timedout"
    request_id = response.headers["x-amzn-requestid"]
    message = f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"
    assert response.json()["errorMessage"] == message
    until_gone([worker])


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"do": "die"}, "Runtime exited with error: signal: killed"),
        ({"do": "leave", "status": 3}, "Runtime exited with error: exit status 3"),
        ({"do": "leave", "status": 0}, "Runtime exited without providing a reason"),
    ],
)
def test_a_dead_worker_is_an_exit_error_and_the_next_one_is_new(
    lambdas: LambdaClient, event: dict[str, Any], why: str
) -> None:
    result = lambdas.act(**event)
    assert result["errorType"] == "Runtime.ExitError"
    assert result["errorMessage"].endswith(f"Error: {why}")
    with ThreadPoolExecutor(9) as threads:
        results = list(threads.map(lambda _: lambdas.act("count"), range(9)))
    assert all(each["pid"] > 0 for each in results)


def test_a_worker_killed_while_idle_is_replaced_without_an_error(lambdas: LambdaClient) -> None:
    worker = psutil.Process(lambdas.act("count")["pid"])
    worker.kill()
    until_gone([worker])
    assert lambdas.act("count")["pid"] != worker.pid
