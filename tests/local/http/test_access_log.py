"""Every request that no function answers has exactly one line, and clients cannot write another."""

import json
import logging
import re
from collections.abc import Callable

import pytest

from local.http import access_log
from tests.local.http.raw import Client
from tests.local.in_process import Api


def lines(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == access_log.__name__]


def test_a_refused_request_is_logged_once_under_its_request_id(
    sends: Callable[..., Client], caplog: pytest.LogCaptureFixture
) -> None:
    answer = sends(b"GET /secret HTTP/1.1\nHost: a\n\n").answer()
    [line] = lines(caplog)
    assert line.getMessage() == "request"
    known = vars(line)
    assert known["request_id"] == answer.headers["x-request-id"]
    assert (known["source"], known["status"], known["route"]) == ("gateway", 400, None)
    assert known["reason"] == answer.json["message"]
    assert "secret" not in str(known)


def test_an_answer_of_the_gateway_is_logged_with_its_route_and_key_id(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    answer = api.call("GET", "/things/a%0d%0ab", key="wrong")
    [line] = lines(caplog)
    known = vars(line)
    assert known["request_id"] == answer.headers["x-request-id"]
    assert (known["status"], known["route"]) == (403, "GET /things/{id}")
    assert re.fullmatch("[0-9a-f]{10}", known["key_id"])
    assert known["ms"] >= 0


def test_an_answer_of_a_function_is_not_logged_here(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    assert api.call("GET", "/things").status_code == 200
    assert lines(caplog) == []


def test_a_line_is_one_line_of_json_whatever_a_client_sent() -> None:
    handler = logging.StreamHandler()
    logger = logging.getLogger("of this test")
    logger.addHandler(handler)
    access_log.write_json(logger)
    record = logger.makeRecord(
        "gateway", logging.INFO, "f", 1, "request", (), None, extra={"order_id": 'a"\r\n{"x": 1}'}
    )
    line = handler.format(record)
    assert "\n" not in line
    assert json.loads(line)["order_id"] == 'a"\r\n{"x": 1}'
