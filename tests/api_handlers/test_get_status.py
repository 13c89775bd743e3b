"""GET /status over HTTP."""

import json
import re
from urllib.parse import quote

from moto.backends import get_backend

from deployment.cloudformation import ACCOUNT, REGION
from tests.running.builders import Document, a_line
from tests.running.in_process import InProcess
from tests.running.shop import Shop
from tests.running.waiting import eventually

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


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
    """Of an execution that only stands in moto's table, moto tells these four events."""
    order_id = functions.create(a_line(functions.product()))

    status = functions.api.get(f"/status/{order_id}").json()

    assert [tuple(event.values()) for event in status["recent_events"]] == [
        ("ExecutionStarted", "2020-01-01T00:00:00", None),
        ("PassStateEntered", "2020-01-01T00:00:10", "A State"),
        ("PassStateExited", "2020-01-01T00:00:10", "A State"),
        ("ExecutionSucceeded", "2020-01-01T00:00:20", None),
    ]


def test_a_failed_execution_tells_why(shop: Shop) -> None:
    status = shop.end(shop.create(a_line("NOPE")))

    assert (status["status"], status["error"]) == ("FAILED", "UnknownProduct")
    assert status["cause"] == "Unknown product: NOPE"


def test_a_failure_that_no_compensation_recorded_has_no_stack_trace(functions: InProcess) -> None:
    order_id = functions.create(a_line(functions.product()))
    (machine,) = get_backend("stepfunctions")[ACCOUNT][REGION].state_machines
    (execution,) = (each for each in machine.executions if each.name == order_id)
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
