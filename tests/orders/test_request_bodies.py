"""Bodies are strict UTF-8 and strict JSON, and a bad one costs no more than a good one."""

import base64
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from pydantic import ValidationError

from orders import http_requests
from orders.documents.api import MAX_LINES, NewOrder
from orders.errors import InvalidRequest
from orders.request_bodies import parsed

GOOD = '{"product_id": "P", "quantity": 1}'
BAD = '{"product_id": "", "quantity": 0}'
MEGABYTES = 3_000_000


def order(lines: str, others: str = "") -> str:
    return f'{{"customer_id": "C", {others} "items": [{lines}]}}'


def filled(line: str) -> str:
    """As many of these lines as 300 kB hold."""
    return ",".join([line] * (300_000 // len(line)))


def read(body: str | bytes) -> NewOrder:
    raw = body if isinstance(body, bytes) else body.encode()
    event = {"body": base64.b64encode(raw).decode(), "isBase64Encoded": True}
    made = http_requests.read({"body": NewOrder}, event)["body"]
    assert isinstance(made, NewOrder)
    return made


def refusal(body: str | bytes) -> str:
    with pytest.raises(InvalidRequest) as refused:
        read(body)
    return str(refused.value)


# What is text, and what is JSON.


@pytest.mark.parametrize(
    "body",
    [
        order(GOOD).encode().replace(b'"C"', b'"\xff"'),
        order(GOOD).encode("utf-16"),
        order(GOOD).replace("C", "\u00fc").encode("latin-1"),
        order(GOOD, '"unknown": "?",').encode().replace(b"?", b"\xc3\x28"),
        order(GOOD).encode().replace(b'"C"', b'"\xed\xa0\x80"'),  # a surrogate, as CESU-8 has it
        order(GOOD).encode().replace(b'"C"', b'"\xc0\x80"'),  # NUL in two bytes
    ],
)
def test_bytes_that_are_not_utf_8_are_refused_wherever_they_are(body: bytes) -> None:
    assert refusal(body) == "Request body is not UTF-8"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xef\xbb\xbf" + order(GOOD).encode(),  # a byte order mark
        order(GOOD).encode("utf-16-le"),  # valid UTF-8, with NULs
        order(GOOD).encode("utf-32-be"),
        order(GOOD, '"unknown": NaN,').encode(),
        order(GOOD, '"unknown": -Infinity,').encode(),
        order(GOOD, "'unknown': 1,").encode(),
        order(GOOD, '"unknown": 01,').encode(),
        order(GOOD, '"unknown": "\x01",').encode(),
        order(GOOD).encode() + b"{}",
        b" " * MEGABYTES,
        b'{"customer_id": "' + b"x" * MEGABYTES,
    ],
    ids=range(12),
)
def test_text_that_is_not_json_is_refused(body: bytes) -> None:
    assert refusal(body) == "Request body is not valid JSON"


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"customer_id": "C", "items": [['])
def test_endless_nesting_is_refused(opening: str) -> None:
    assert refusal(opening * (MEGABYTES // len(opening))) == "Request body is nested too deeply"


def test_a_body_that_is_no_base64_is_read_as_it_is() -> None:
    event = {"body": order(GOOD), "isBase64Encoded": False}
    assert parsed(event) == {"customer_id": "C", "items": [{"product_id": "P", "quantity": 1}]}


# What names its field.


@pytest.mark.parametrize(
    "number", ["9" * 21, "9" * 5_000, "9" * MEGABYTES, "1e999", "-" + "9" * 21]
)
def test_a_number_of_any_length_is_refused_by_its_field(number: str) -> None:
    body = order(f'{GOOD}, {{"product_id": "P", "quantity": {number}}}')
    assert refusal(body).startswith("Invalid value for items[1].quantity: must be a whole number")


def test_a_number_of_any_length_is_ignored_in_an_unknown_field() -> None:
    assert read(order(GOOD, f'"unknown": {"9" * 5_000},')).items[0].quantity == 1


@pytest.mark.parametrize("text", ["\\ud800", "a\\udfff", "\\udc00\\ud800", "a\\u0000", "\\ufffd"])
def test_text_that_no_table_can_hold_is_refused_by_its_field(text: str) -> None:
    assert refusal(order(GOOD).replace("C", text)).startswith("Invalid value for customer_id: must")
    line = f'{{"product_id": "{text}", "quantity": 1}}'
    assert refusal(order(line)).startswith("Invalid value for items[0].product_id: must be 1 to 50")


def test_a_surrogate_pair_is_one_character() -> None:
    assert read(order(GOOD).replace("C", "\\ud83d\\ude00" * 50)).customer_id == "\U0001f600" * 50


def test_of_a_repeated_name_the_last_value_counts() -> None:
    assert read(order(GOOD, '"customer_id": "D",')).customer_id == "D"
    assert refusal(order(GOOD, '"customer_id": "",')).startswith("Invalid value for customer_id")


# What it costs.


def test_the_first_line_at_fault_ends_the_reading() -> None:
    taken: list[int] = []

    def lines() -> Iterator[object]:
        for number in range(MAX_LINES):
            taken.append(number)
            yield {"product_id": "P", "quantity": 0 if number == 2 else 1}

    with pytest.raises(ValidationError):
        NewOrder.model_validate({"customer_id": "C", "items": lines()})
    assert taken == [0, 1, 2]


def test_too_many_lines_are_refused_before_any_of_them() -> None:
    assert refusal(order(f"{BAD}," * MAX_LINES + BAD)).startswith("Invalid value for items: must")


@pytest.mark.parametrize("line", [BAD, "{}", "[]", "1"])
def test_a_bad_body_costs_no_more_than_a_good_one_of_its_size(line: str) -> None:
    good = order(GOOD, f'"unknown": [{filled(line)}],')
    bad = [
        order(filled(line)),
        f"[{filled(line)}]",
        order(GOOD).replace('"C"', f"[{filled(line)}]"),
    ]
    allowed = 4 * seconds_of(good)
    for body in bad:
        assert seconds_of(body) < allowed


def seconds_of(body: str) -> float:
    """The processor time of the fastest of three tries."""
    taken = []
    for _ in range(3):
        start = time.process_time()
        with suppress(InvalidRequest):
            read(body)
        taken.append(time.process_time() - start)
    return min(taken)
