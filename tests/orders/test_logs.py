"""Levels: who must look at a line; and the keys that all lines of an invocation have."""

import pytest

from orders import logs
from orders.documents.fields import Document
from orders.errors import (
    BackupUnavailable,
    DatabaseRefused,
    DatabaseUnavailable,
    DriverError,
    InsufficientStock,
    InvalidSetting,
    NotPermitted,
    OrderNotFound,
    UnknownProduct,
)
from orders.handlers import Handler, task
from tests.running.in_process import CONTEXT
from tests.running.logged import logged


class Greeting(Document):
    order_id: str = "O-1"
    request_id: str = ""


def a_task_that_raises(error: Exception) -> Handler:
    @task(title="t")
    def handler(greeting: Greeting) -> Greeting:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "level", "message"),
    [
        (UnknownProduct(["P"]), "INFO", "refused"),
        (InsufficientStock("P", 2, 1), "INFO", "refused"),
        (OrderNotFound(), "INFO", "refused"),
        (DatabaseUnavailable(), "WARNING", "unavailable"),
        (BackupUnavailable("SlowDown"), "WARNING", "unavailable"),
        (NotPermitted("PutObject"), "ERROR", "failed"),
        (DatabaseRefused("23514"), "ERROR", "failed"),
        (InvalidSetting("DB_HOST"), "ERROR", "failed"),
        (KeyError("a bug"), "ERROR", "failed"),
    ],
)
def test_the_level_says_whether_somebody_must_look(
    error: Exception, level: str, message: str
) -> None:
    with logged() as log, pytest.raises(type(error)):
        a_task_that_raises(error)({}, CONTEXT)

    (line,) = log.lines()
    assert (line["level"], line["message"], line["error"]) == (level, message, type(error).__name__)
    assert ("exception" in line) == (level == "ERROR")


def test_a_refusal_reaches_lambda_without_its_traceback() -> None:
    error = InsufficientStock("P", 2, 1)
    with pytest.raises(InsufficientStock) as raised:
        a_task_that_raises(error)({}, CONTEXT)

    assert len(raised.traceback) == 2, "this test, and the decorator"
    assert vars(error)["is_logged"]


def test_an_outage_has_the_drivers_words_and_no_others() -> None:
    unavailable = DatabaseUnavailable()
    unavailable.__cause__ = DriverError("InterfaceError, because of gaierror")
    of_aws = BackupUnavailable("SignatureDoesNotMatch")
    of_aws.__cause__ = ValueError("The canonical string should have been a secret")

    with logged() as log:
        logs.failed(unavailable)
        logs.failed(of_aws)

    ours, theirs = log.lines("unavailable")
    assert ours["cause"] == "InterfaceError, because of gaierror"
    assert "cause" not in theirs


def test_every_line_of_an_invocation_has_its_keys() -> None:
    with logged() as log, pytest.raises(KeyError):
        a_task_that_raises(KeyError())({"order_id": "O-1", "request_id": "R-1"}, CONTEXT)

    (line,) = log.lines()
    keys = ("request_id", "order_id", "function_name", "function_request_id", "version")
    assert [line[key] for key in keys] == ["R-1", "O-1", "in-process", "request-1", "1"]
    assert line["cold_start"] in (True, False)


def test_no_line_has_the_keys_of_the_invocation_before() -> None:
    with logged() as log:
        for event in ({"order_id": "O-1", "request_id": "R-1"}, {}):
            with pytest.raises(KeyError):
                a_task_that_raises(KeyError())(event, CONTEXT)

    _, line = log.lines()
    assert "request_id" not in line
    assert "order_id" not in line


def test_only_the_first_invocation_of_a_process_is_a_cold_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(logs, "_warm", [])

    colds = [logs.begin(CONTEXT, who="w", request_id="R", order_id="O") for _ in range(2)]

    assert colds == [True, False]
