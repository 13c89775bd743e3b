import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.lambda_functions.concurrency import WORKERS_PER_FUNCTION
from tests.local.small_stack import Running, eventually


def all_at_once(cloud: Running, times: int, do: str, **event: Any) -> list[dict[str, Any]]:  # noqa: ANN401  # JSON
    with ThreadPoolExecutor(times) as threads:
        return list(threads.map(lambda _: cloud.act(do, **event), range(times)))


def test_a_warm_worker_keeps_its_state(cloud: Running) -> None:
    first, second = cloud.act("count"), cloud.act("count")
    assert second == {"pid": first["pid"], "calls": first["calls"] + 1}


@contextmanager
def all_held(cloud: Running, times: int, do: str = "count") -> Iterator[list[Future[Any]]]:
    """Events that have their turn, as far as there are turns, and wait until the block ends."""
    cloud.plan({"kind": "hold", "times": None})
    turns = min(times, WORKERS_PER_FUNCTION)
    with ThreadPoolExecutor(times) as threads:
        try:
            calls = [threads.submit(cloud.act, do) for _ in range(times)]
            eventually(lambda: cloud.held() == turns, "all that have a turn are held")
            yield calls
        finally:
            cloud.clear_faults()


def test_events_at_once_run_at_once_each_in_a_worker_of_its_own(cloud: Running) -> None:
    with all_held(cloud, 4) as calls:
        pass
    assert len({call.result().get("pid", str(call)) for call in calls}) == 4


def test_more_events_than_workers_wait_and_waiting_is_not_counted(cloud: Running) -> None:
    with all_held(cloud, 3 * WORKERS_PER_FUNCTION) as calls:
        # Longer than ActFunction may take.
        cloud.invoke("OtherFunction", {"do": "sleep", "seconds": 1.1})
        assert not any(call.done() for call in calls)
    assert len({call.result()["pid"] for call in calls}) == WORKERS_PER_FUNCTION


def test_a_busy_function_does_not_hold_up_another(cloud: Running) -> None:
    with all_held(cloud, 2 * WORKERS_PER_FUNCTION) as busy:
        other = cloud.invoke("OtherFunction", {"do": "count"})
        assert not any(call.done() for call in busy)
    assert other.json()["calls"] > 0


def test_a_timeout_kills_the_worker(cloud: Running) -> None:
    pid = cloud.act("count")["pid"]
    answer = cloud.invoke("ActFunction", {"do": "sleep", "seconds": 30})
    assert answer.status_code == 200
    assert answer.headers["x-amz-function-error"] == "Unhandled"
    assert answer.json()["errorType"] == "Sandbox.Timedout"
    request_id = answer.headers["x-amzn-requestid"]
    message = f"RequestId: {request_id} Error: Task timed out after 1.00 seconds"
    assert answer.json()["errorMessage"] == message
    eventually(lambda: not psutil.pid_exists(pid), "the worker is gone")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ({"do": "die"}, "Runtime exited with error: signal: killed"),
        ({"do": "leave", "status": 3}, "Runtime exited with error: exit status 3"),
        ({"do": "leave", "status": 0}, "Runtime exited without providing a reason"),
    ],
)
def test_a_dead_worker_is_an_exit_error_and_the_next_is_fresh(
    cloud: Running, event: dict[str, Any], why: str
) -> None:
    answer = cloud.act(**event)
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith(f"Error: {why}")
    assert all_at_once(cloud, 9, "count")[0]["pid"] > 0


def test_a_worker_killed_while_idle_is_replaced_without_a_word(cloud: Running) -> None:
    pid = cloud.act("count")["pid"]
    psutil.Process(pid).kill()
    eventually(lambda: not psutil.pid_exists(pid), "the worker is gone")
    assert cloud.act("count")["pid"] != pid


def test_an_exception_is_answered_by_its_class_name(cloud: Running) -> None:
    answer = cloud.invoke("ActFunction", {"do": "fail", "message": "short of 3"})
    assert (answer.status_code, answer.headers["x-amz-function-error"]) == (200, "Unhandled")
    assert answer.json()["errorType"] == "TooLittle"
    assert answer.json()["errorMessage"] == "short of 3"
    assert "cloud_functions.py" in answer.json()["stackTrace"][-1]


@pytest.mark.parametrize(
    ("function", "error", "message"),
    [
        ("Broken", "Runtime.ImportModuleError", "Unable to import module 'cloud_broken'"),
        ("Raising", "ValueError", "DB_HOST is not set"),
        ("Missing", "Runtime.HandlerNotFound", "Handler 'nothing' missing on module"),
    ],
)
def test_what_goes_wrong_before_the_first_event_is_answered(
    cloud: Running, function: str, error: str, message: str
) -> None:
    for _ in range(2):
        answer = cloud.invoke(f"{function}Function", {}).json()
        assert answer["errorType"] == error
        assert message in answer["errorMessage"]


def test_an_answer_that_is_no_json_is_a_marshal_error(cloud: Running) -> None:
    assert cloud.act("decimal")["errorType"] == "Runtime.MarshalError"
    assert cloud.act("count")["calls"] > 0


def test_answers_go_up_to_lambdas_limit(cloud: Running) -> None:
    """Of a function that has time to make them."""
    big = cloud.invoke("OtherFunction", {"do": "big", "size": 6_000_000})
    assert len(big.json()) == 6_000_000
    too_big = cloud.invoke("OtherFunction", {"do": "big", "size": 6_300_000})
    assert too_big.json()["errorType"] == "Function.ResponseSizeTooLarge"


def test_text_survives_the_way_to_the_worker_and_back(cloud: Running) -> None:
    text = "\u0000 \ud800 ü 🜁 \n"
    body = json.dumps({"do": "fail", "message": text})
    url = cloud.stack["lambda_url"] + "/2015-03-31/functions/ActFunction/invocations"
    assert cloud.http.post(url, content=body).json()["errorMessage"] == text


def test_the_context_is_lambdas(cloud: Running) -> None:
    answer = cloud.invoke("ActFunction", {"do": "context"})
    context = answer.json()
    assert context["function_name"] == "ActFunction"
    assert context["function_version"] == "$LATEST"
    assert context["memory_limit_in_mb"] == 128
    assert context["aws_request_id"] == answer.headers["x-amzn-requestid"]
    assert context["invoked_function_arn"].endswith(":123456789012:function:ActFunction")
    assert 0 < context["remaining"] <= 1000


def test_the_environment_is_the_templates_and_nothing_of_the_users(cloud: Running) -> None:
    environment = cloud.act("environment")
    assert environment["OWN"] == "of act"
    assert environment["DB_HOST"] == cloud.stack["environment"]["DB_HOST"]
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "ActFunction"
    assert environment["AWS_ENDPOINT_URL_S3"] == cloud.stack["aws_url"]
    assert "USERS_OWN" not in environment


def test_what_a_handler_prints_is_in_its_log(cloud: Running) -> None:
    cloud.act("say", text="printed by the handler")
    assert "printed by the handler" in Path(cloud.stack["logs"], "ActFunction.log").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "arn:aws:lambda:us-east-1:123456789012:function:ActFunction",
        "arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3AActFunction%3A%24LATEST",
        "123456789012:function:ActFunction",
        "ActFunction:$LATEST",
    ],
)
def test_a_function_answers_to_its_name_and_its_arn(cloud: Running, name: str) -> None:
    assert cloud.invoke(name, {"do": "count"}).json()["calls"] > 0


def test_the_invoke_api_refuses_as_aws_does(cloud: Running) -> None:
    unknown = cloud.invoke("NoFunction", {})
    assert (unknown.status_code, unknown.headers["x-amzn-errortype"]) == (
        404,
        "ResourceNotFoundException",
    )
    url = cloud.stack["lambda_url"] + "/2015-03-31/functions/ActFunction/invocations"
    not_json = cloud.http.post(url, content=b"{")
    assert not_json.headers["x-amzn-errortype"] == "InvalidRequestContentException"
    too_big = cloud.http.post(url, content=b" " * 6_300_000)
    assert too_big.status_code == 413


def test_an_event_is_answered_before_it_runs_and_a_dry_run_does_nothing(
    cloud: Running, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    event = {"do": "touch", "path": str(mark)}
    dry = cloud.invoke("ActFunction", event, **{"x-amz-invocation-type": "DryRun"})
    later = cloud.invoke("ActFunction", event, **{"x-amz-invocation-type": "Event"})
    assert (dry.status_code, later.status_code, later.content) == (204, 202, b"")
    eventually(mark.exists, "the event was run")
    assert mark.read_text() == "touched\n"
