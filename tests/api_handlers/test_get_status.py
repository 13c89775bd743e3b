"""GET /status over HTTP."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from moto.backends import get_backend

from deployment.cloudformation import ACCOUNT, REGION
from local.unkind.visibility import delay
from tests.running.aws_calls import calls_of, not_shown, when_asked
from tests.running.builders import Document, a_line
from tests.running.environment import deployed
from tests.running.in_process import InProcess
from tests.running.shop import Shop
from tests.running.waiting import eventually

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
DESCRIBE = "stepfunctions.DescribeExecution"
HISTORY = "stepfunctions.GetExecutionHistory"


def test_a_running_execution_reads_as_in_the_seed(shop: Shop) -> None:
    with shop.failing(CalculatePrice=[{"kind": "timeout", "after": 60}]):
        order_id = shop.create(a_line(shop.product()))
        status = eventually(lambda: with_events(shop.status(order_id)))
        shop.abort(order_id)

    assert list(status) == [
        *("execution_arn", "status", "start_date"),
        *("input_identifier", "identifier_type", "recent_events"),
    ]
    assert status["status"] == "RUNNING"
    assert TIME.fullmatch(status["start_date"])
    assert (status["input_identifier"], status["identifier_type"]) == (order_id, "order_id")
    started = status["recent_events"][0]
    assert started | {"timestamp": ""} == {
        "type": "ExecutionStarted",
        "timestamp": "",
        "state": None,
    }


def with_events(status: Document) -> Document:
    assert status["recent_events"]
    return status


def test_the_newest_ten_events_come_in_order_with_their_states(shop: Shop) -> None:
    order_id = shop.create(a_line(shop.product()))

    status = shop.end(order_id)

    assert status["status"] == "SUCCEEDED"
    assert TIME.fullmatch(status["stop_date"])
    assert "error" not in status
    assert [(event["type"], event["state"]) for event in status["recent_events"]] == [
        *((f"Task{what}", "BackUpOrder") for what in ("Scheduled", "Started", "Succeeded")),
        ("TaskStateExited", "BackUpOrder"),
        ("TaskStateEntered", "UpdateStatus"),
        *((f"Task{what}", "UpdateStatus") for what in ("Scheduled", "Started", "Succeeded")),
        ("TaskStateExited", "UpdateStatus"),
        ("ExecutionSucceeded", None),
    ]


def test_an_event_names_the_state_that_the_execution_was_in(functions: InProcess) -> None:
    """Of an execution that only stands in moto's table, moto tells these events."""
    order_id = functions.create(a_line(functions.product()))

    status = functions.api.get(f"/status/{order_id}").json()

    assert [tuple(event.values()) for event in status["recent_events"]] == [
        ("ExecutionStarted", "2020-01-01T00:00:00", None),
        ("PassStateEntered", "2020-01-01T00:00:10", "A State"),
        ("PassStateExited", "2020-01-01T00:00:10", "A State"),
    ], "and not the fourth, ExecutionSucceeded: it is described as running"


def test_a_failed_execution_tells_why(shop: Shop) -> None:
    status = shop.end(shop.create(a_line("NOPE")))

    assert (status["status"], status["error"]) == ("FAILED", "UnknownProduct")
    assert status["cause"] == "Unknown product: NOPE"


def test_a_failure_that_no_compensation_recorded_has_no_stack_trace(functions: InProcess) -> None:
    order_id = functions.create(a_line(functions.product()))
    execution = moto_execution(order_id)
    execution.error = "Bug"
    execution.cause = json.dumps({"errorMessage": "boom", "stackTrace": ["secret"]})

    status = functions.api.get(f"/status/{order_id}").json()

    assert (status["error"], status["cause"]) == ("Bug", "boom")


def test_an_arn_is_taken_plain_and_percent_encoded(shop: Shop) -> None:
    order_id = shop.processed(a_line(shop.product()))
    arn = shop.status(order_id)["execution_arn"]

    plain, encoded = shop.status(arn), shop.status(quote(arn, safe=""))

    assert plain == encoded
    assert (plain["input_identifier"], plain["identifier_type"]) == (arn, "execution_arn")
    assert plain["execution_arn"] == arn


# Step Functions is eventually consistent.


def moto_execution(order_id: str) -> Any:  # noqa: ANN401 - moto's own
    """The order's execution in moto's memory."""
    (machine,) = get_backend("stepfunctions")[ACCOUNT][REGION].state_machines
    (execution,) = (each for each in machine.executions if each.name == order_id)
    return execution


def an_execution(functions: InProcess, status: str, events: list[str]) -> str:
    """An order whose execution is described as this, with these events; returns its id."""
    order_id = functions.create(a_line(functions.product()))
    execution, now = moto_execution(order_id), datetime.now(UTC)
    execution.status, execution.stop_date = status, None if status == "RUNNING" else now
    execution.get_execution_history = lambda _role: [
        {"id": number, "timestamp": now, "type": each} for number, each in enumerate(events, 1)
    ]
    return order_id


def types(status: Document) -> list[str]:
    return [event["type"] for event in status["recent_events"]]


@pytest.mark.parametrize(
    ("status", "first", "second", "answered"),
    [
        ("RUNNING", ["Begins", "ExecutionFailed"], [], ["Begins"]),
        ("RUNNING", ["ExecutionFailed", "ExecutionRedriven"], [], None),
        ("SUCCEEDED", ["Begins", "ExecutionSucceeded"], [], None),
        ("FAILED", ["Begins"], ["ExecutionFailed"], ["Begins", "ExecutionFailed"]),
        ("TIMED_OUT", ["Begins"], ["ExecutionTimedOut"], ["Begins", "ExecutionTimedOut"]),
        ("ABORTED", ["Begins"], ["ExecutionAborted"], ["Begins", "ExecutionAborted"]),
    ],
)
def test_description_and_history_agree_about_the_end(
    functions: InProcess, status: str, first: list[str], second: list[str], answered: list[str]
) -> None:
    """`second` are the events that the second reading of the history shows besides."""
    events = list(first)
    order_id = an_execution(functions, status, events)

    with (
        calls_of(DESCRIBE) as described,
        when_asked(DESCRIBE, lambda: events.extend(second)),
        calls_of(HISTORY) as read,
    ):
        answer = functions.api.get(f"/status/{order_id}").json()

    assert (answer["status"], types(answer)) == (status, answered or first)
    assert (len(described), len(read)) == (1, 2 if second else 1)


@pytest.mark.parametrize("stale", ["history", "description"])
def test_an_answer_that_contradicts_the_one_before_is_a_503(
    functions: InProcess, stale: str
) -> None:
    order_id = an_execution(functions, "SUCCEEDED", ["Begins"])

    with when_asked(DESCRIBE, not_shown if stale == "description" else lambda: None):
        answer = functions.api.get(f"/status/{order_id}")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0


def test_an_execution_that_is_shown_late_is_described_once(shop: Shop) -> None:
    with deployed(shop.environment):
        functions = InProcess(shop.environment)
        order_id = next(
            each
            for each in iter(lambda: shop.create(a_line(shop.product())), "")
            if delay(shop.execution_arn(each)) > 0.8  # seconds
        )
        with calls_of(DESCRIBE) as described, calls_of(HISTORY) as read:
            answer = functions.api.get(f"/status/{order_id}")

    assert answer.status_code == 200, answer.text
    assert len(described) == 1
    assert len(read) > 1
