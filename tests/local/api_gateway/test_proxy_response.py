import json
from typing import Any

import pytest

from tests.local.in_process import Api


def test_a_functions_result_becomes_the_response(api: Api) -> None:
    result = {
        "statusCode": "201",
        "headers": {"Content-Type": "text/plain", "x-a": "1", "x-n": 5, "x-b": True},
        "multiValueHeaders": {"X-A": ["2", "3"]},
        "body": "grüße",
    }
    response = api.call("POST", "/answer", json=result)
    assert (response.status_code, response.content.decode()) == (201, "grüße")
    assert response.headers["content-type"] == "text/plain"
    assert response.headers.get_list("x-a") == ["2", "3"]
    assert (response.headers["x-n"], response.headers["x-b"]) == ("5", "true")


def test_a_status_alone_is_a_response(api: Api) -> None:
    response = api.call("POST", "/answer", json={"statusCode": 204})
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["content-type"] == "application/json"


def test_base64_is_decoded_for_callers_that_accept_binary(api: Api) -> None:
    result = {"statusCode": 200, "body": "/w==", "isBase64Encoded": True}
    binary = [("accept", "application/octet-stream")]
    assert api.call("POST", "/answer", json=result, headers=binary).content == b"\xff"
    assert api.call("POST", "/answer", json=result).content == b"/w=="


@pytest.mark.parametrize(
    "malformed",
    [
        None,
        [],
        "text",
        {},
        {"status": 200},
        {"statusCode": "OK"},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "headers": {"a": ["1"]}},
        {"statusCode": 200, "headers": {"a": "1\r\nb: 2"}},
        {"statusCode": 200, "headers": {"a b": "1"}},
    ],
)
def test_a_malformed_result_is_a_502(api: Api, malformed: Any) -> None:  # noqa: ANN401  # JSON
    response = api.call("POST", "/answer", content=json.dumps(malformed))
    assert (response.status_code, response.json()) == (502, {"message": "Internal server error"})
    assert response.headers["x-request-id"]
