"""The metrics: lines that CloudWatch can read, and that an order's id finds, too."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from orders import logs, metrics
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.walking import failing


@pytest.fixture
def written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[], list[Document]]:
    """The metrics that were written since the last call, as on Lambda."""
    monkeypatch.setattr(metrics, "on_lambda", lambda: True)
    monkeypatch.setattr(logs, "_warm", ["in-process"])

    def lines() -> list[Document]:
        output = map(json.loads, capsys.readouterr().out.splitlines())
        return [line for line in output if line["message"] == "metric"]

    lines()
    return lines


def values(lines: list[Document]) -> list[tuple[str, float]]:
    """Each metric, with its dimension's value if it has one, and its own value."""
    return [(name_of(line), line[metric_of(line)["Name"]][0]) for line in lines]


def metric_of(line: Document) -> Document:
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    (metric,) = directive["Metrics"]
    return dict(metric)


def name_of(line: Document) -> str:
    sets = line["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    own = [line[name] for names in sets for name in names if name != "service"]
    return " ".join([metric_of(line)["Name"], *own])


def test_an_order_is_counted_when_it_is_accepted_and_processed(
    functions: InProcess, written: Callable[[], list[Document]]
) -> None:
    order_id = functions.processed(a_line(functions.product()))

    lines = written()
    (accepted, one), (processed, another), (waited, milliseconds) = values(lines)
    assert (accepted, one, processed, another) == ("OrdersAccepted", 1, "OrdersProcessed", 1)
    assert waited == "TimeToProcessing"
    assert 0 <= milliseconds < 60_000
    assert {line["order_id"] for line in lines} == {order_id}
    assert len({line["request_id"] for line in lines}) == 1


@pytest.mark.parametrize(
    ("error", "counted"),
    [
        ("InsufficientStock", "OrdersRefused InsufficientStock"),
        ("DatabaseRefused", "OrdersFailed DatabaseRefused"),
        ("States.Timeout", "OrdersFailed States.Timeout"),
    ],
)
def test_a_refused_order_is_counted_by_reason_and_a_failed_one_by_error(
    functions: InProcess, written: Callable[[], list[Document]], error: str, counted: str
) -> None:
    order = an_order(a_line(functions.product())) | {"order_id": an_id()}

    for _ in range(2):
        functions.invoke("FailOrderFunction", failing(order, error))

    assert values(written()) == [(counted, 1)]


def test_stock_that_is_given_back_is_counted(
    functions: InProcess, written: Callable[[], list[Document]]
) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.run(order_id, until="CheckInventory")
    written()

    functions.invoke("FailOrderFunction", failing(functions.input_of(order_id)))

    assert values(written()) == [("OrdersFailed RuntimeError", 1), ("OrdersCompensated", 1)]


def test_a_request_that_waits_says_how_long(
    functions: InProcess, written: Callable[[], list[Document]]
) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.stop(order_id)
    written()

    functions.api.put(f"/orders/{order_id}", json={"status": "shipped"})

    (line,) = written()
    assert metric_of(line) == {"Name": "Waits", "Unit": "Milliseconds"}
    assert line["Waits"][0] >= 20


@pytest.mark.parametrize(("seconds", "waits"), [(0.019, []), (0.025, [25])])
def test_a_request_that_finds_the_order_at_once_has_not_waited(
    written: Callable[[], list[Document]],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
    waits: list[int],
) -> None:
    monkeypatch.setattr(metrics, "monotonic", iter([0, seconds]).__next__)

    with metrics.wait():
        pass

    assert [line["Waits"][0] for line in written()] == waits


def test_a_cold_start_is_counted_once(
    functions: InProcess,
    written: Callable[[], list[Document]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "_warm", [])

    for _ in range(2):
        functions.api.get(f"/orders/{an_id()}")

    counted = [each for each in values(written()) if each[0].startswith("ColdStarts")]
    assert counted == [("ColdStarts in-process", 1)]


def test_a_line_is_as_cloudwatch_reads_it(
    written: Callable[[], list[Document]],
) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    metrics.count("OrdersFailed", error="E")

    (line,) = written()
    assert line["_aws"]["Timestamp"] > 0
    assert line["_aws"]["CloudWatchMetrics"] == [
        {
            "Namespace": "OrderManagement",
            "Dimensions": [["service"], ["service", "error"]],
            "Metrics": [{"Name": "OrdersFailed", "Unit": "Count"}],
        }
    ]
    assert (line["error"], line["OrdersFailed"]) == ("E", [1])
    assert line["service"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="macOS has no /dev/full")
@pytest.mark.usefixtures("written")
def test_a_full_disk_does_not_undo_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("/dev/full").open("w", buffering=1) as full:
        monkeypatch.setattr("sys.stdout", full)

        metrics.count("OrdersAccepted")

        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())  # so that it can be closed


def test_commands_write_no_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.count("OrdersAccepted")

    assert capsys.readouterr().out == ""
