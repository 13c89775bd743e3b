"""Every bad input has its answer, none is a 500, none changes a row."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.running.builders import an_id
from tests.running.in_process import InProcess

ID = "must be 1 to 50 characters, not blank, without control or replacement characters"
QUANTITY = "must be a whole number from 1 to 10000"
ITEMS = "must be a list of 1 to 100 lines"
STATUSES = "must be one of pending, processing, shipped, delivered, cancelled, failed"
UNKNOWN = "5f0ad1a8-6f4c-4a43-9d0c-1f1f4c5a2b77"
GOOD = '{"product_id": "P", "quantity": 1}'


@pytest.fixture(autouse=True)
def _nothing_changes(functions: InProcess) -> Iterator[None]:
    def everything() -> list[list[dict[str, Any]]]:
        tables = ("orders", "order_items", "inventory", "inventory_reservations")
        return [functions.rows(f"TABLE {table} ORDER BY 1, 2") for table in tables]

    before = everything()
    yield
    assert everything() == before


def body(customer: str = '"C"', items: str = f"[{GOOD}]") -> str:
    return f'{{"customer_id": {customer}, "items": {items}}}'


def with_quantity(quantity: str) -> str:
    return body(items=f'[{{"product_id": "P", "quantity": {quantity}}}]')


def with_product(product: str) -> str:
    return body(items=f'[{{"product_id": {product}, "quantity": 1}}]')


NOT_JSON = "Request body is not valid JSON"
NOT_AN_OBJECT = "Request body must be a JSON object"

BAD_ORDERS = [
    ("", NOT_JSON),
    ("{", NOT_JSON),
    ("not json", NOT_JSON),
    ("[" * 100_000, "Request body is nested too deeply"),
    (body(customer='"\\ud800"'), f"Invalid value for customer_id: {ID}"),
    (with_product('"\\udfff"'), f"Invalid value for items[0].product_id: {ID}"),
    *[
        (body(customer=f'"{blank}"'), f"Invalid value for customer_id: {ID}")
        for blank in (
            *("\u200b", "\u2060", "\u00ad", "\ufeff", "\u034f", "\u180e", "\ufe0f", "\U000e0100"),
            *("\u202e", "\u2066\u2069", "\U000e0041", "\u3164", "\u115f\u1160", "\uffa0", "\u2800"),
            *("\u0301", "\u0488", "\u2028", "\u3000", "\ue000", "\ufdd0", " \u200d\u2800\u0301 "),
        )
    ],
    (body(customer='"a\ufffd"'), f"Invalid value for customer_id: {ID}"),
    ("[]", NOT_AN_OBJECT),
    ("null", NOT_AN_OBJECT),
    ('"order"', NOT_AN_OBJECT),
    ("{}", "Missing required field: customer_id"),
    ('{"items": []}', "Missing required field: customer_id"),
    ('{"customer_id": "C"}', "Missing required field: items"),
    (body(items="[{}]"), "Missing required field: items[0].product_id"),
    (body(items='[{"quantity": 1}]'), "Missing required field: items[0].product_id"),
    (body(items='[{"product_id": "P"}]'), "Missing required field: items[0].quantity"),
    (body(items=f'[{GOOD}, {{"product_id": "Q"}}]'), "Missing required field: items[1].quantity"),
    (body(customer="null"), f"Invalid value for customer_id: {ID}"),
    (body(customer="7"), f"Invalid value for customer_id: {ID}"),
    (body(customer='["C"]'), f"Invalid value for customer_id: {ID}"),
    (body(customer='""'), f"Invalid value for customer_id: {ID}"),
    (body(customer='"   "'), f"Invalid value for customer_id: {ID}"),
    (body(customer='"\\u00a0\\u2003"'), f"Invalid value for customer_id: {ID}"),
    (body(customer='"a\\u0000b"'), f"Invalid value for customer_id: {ID}"),
    (body(customer='"a\\n"'), f"Invalid value for customer_id: {ID}"),
    (body(customer='"a\\u0085"'), f"Invalid value for customer_id: {ID}"),
    (body(customer=f'"{"c" * 51}"'), f"Invalid value for customer_id: {ID}"),
    (with_product("1"), f"Invalid value for items[0].product_id: {ID}"),
    (with_product("null"), f"Invalid value for items[0].product_id: {ID}"),
    (with_product('" "'), f"Invalid value for items[0].product_id: {ID}"),
    (with_product('"\\u0000"'), f"Invalid value for items[0].product_id: {ID}"),
    (with_product(f'"{"p" * 51}"'), f"Invalid value for items[0].product_id: {ID}"),
    *[
        (with_quantity(quantity), f"Invalid value for items[0].quantity: {QUANTITY}")
        for quantity in (
            *("true", "2.0", '"2"', "null", "[]", "{}", "0", "-1", "10001", "1e3", "1.5"),
            *("9" * 30, "9" * 5_000, "99999999999999999999999999"),
        )
    ],
    (body(items="null"), f"Invalid value for items: {ITEMS}"),
    (body(items="{}"), f"Invalid value for items: {ITEMS}"),
    (body(items='"P"'), f"Invalid value for items: {ITEMS}"),
    (body(items="[]"), f"Invalid value for items: {ITEMS}"),
    (body(items=f"[{','.join([GOOD] * 101)}]"), f"Invalid value for items: {ITEMS}"),
    (body(items="[1]"), "Invalid value for items[0]: must be an object"),
    (body(items=f"[{GOOD}, []]"), "Invalid value for items[1]: must be an object"),
    (body(items=f"[{','.join([GOOD] * 30_000)}]"), f"Invalid value for items: {ITEMS}"),
    (body(items=f"[{','.join(['{}'] * 1_000_000)}]"), f"Invalid value for items: {ITEMS}"),
]


def assert_refused(answer: httpx.Response, status: int, message: str) -> None:
    assert (answer.status_code, answer.json()) == (status, {"message": message})
    assert answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("content", "message"),
    BAD_ORDERS,
    ids=lambda text: text if len(text) < 60 else f"{text[:40]}...",
)
def test_a_bad_order_is_refused_by_its_first_fault(
    functions: InProcess, content: str, message: str
) -> None:
    assert_refused(functions.api.post("/orders", content=content), 400, message)


def test_bytes_that_are_no_text_are_refused(functions: InProcess) -> None:
    answer = functions.api.post("/orders", content=b'\xff\xfe{"customer_id"')

    assert_refused(answer, 400, "Request body is not UTF-8")


@pytest.mark.parametrize("media_type", [None, "application/json", "text/plain; charset=latin1"])
def test_bytes_that_are_not_utf_8_are_never_replaced(
    functions: InProcess, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"content-type": media_type}
    content = body().encode().replace(b'"C"', b'"\xff"')

    answer = functions.api.post("/orders", content=content, headers=headers)

    assert_refused(answer, 400, "Request body is not UTF-8")


@pytest.mark.parametrize("size", [5_000_000, 10_500_000])
def test_a_body_that_no_function_can_take_is_too_long(functions: InProcess, size: int) -> None:
    assert_refused(functions.api.post("/orders", content=b" " * size), 413, "Request Too Long")


@pytest.mark.parametrize("key", [b"", "\u00e9".encode(), b"k" * 256, b"tab\there"])
def test_a_bad_idempotency_key_is_refused(functions: InProcess, key: bytes) -> None:
    answer = functions.api.post("/orders", content=body(), headers={b"Idempotency-Key": key})

    words = "must be 1 to 255 printable ASCII characters"
    assert_refused(answer, 400, f"Invalid value for Idempotency-Key: {words}")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("page=0", "Invalid value for page: must be a whole number from 1"),
        ("page=-1", "Invalid value for page: must be a whole number from 1"),
        ("page=abc", "Invalid value for page: must be a whole number from 1"),
        ("page=", "Invalid value for page: must be a whole number from 1"),
        ("page=1.0", "Invalid value for page: must be a whole number from 1"),
        ("page=%2B1", "Invalid value for page: must be a whole number from 1"),
        ("page=%D9%A1", "Invalid value for page: must be a whole number from 1"),
        ("page=" + "9" * 5_000, "Invalid value for page: must be a whole number from 1"),
        ("limit=0", "Invalid value for limit: must be a whole number from 1 to 100"),
        ("limit=101", "Invalid value for limit: must be a whole number from 1 to 100"),
        ("limit=ten", "Invalid value for limit: must be a whole number from 1 to 100"),
        ("status=lost", f"Invalid value for status: {STATUSES}"),
        ("status=", f"Invalid value for status: {STATUSES}"),
        ("customer_id=", f"Invalid value for customer_id: {ID}"),
        ("customer_id=%00", f"Invalid value for customer_id: {ID}"),
        ("customer_id=%E2%80%8B", f"Invalid value for customer_id: {ID}"),
        ("customer_id=%ff", f"Invalid value for customer_id: {ID}"),
        ("customer_id=a%C3", f"Invalid value for customer_id: {ID}"),
        ("page=%ff", "Invalid value for page: must be a whole number from 1"),
    ],
    ids=lambda text: text[:40],
)
def test_a_bad_list_parameter_is_refused(functions: InProcess, query: str, message: str) -> None:
    assert_refused(functions.api.get(f"/orders?{query}"), 400, message)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", NOT_JSON),
        ("{", NOT_JSON),
        ("[]", NOT_AN_OBJECT),
        ("{}", "Missing required field: status"),
        ('{"status": null}', f"Invalid value for status: {STATUSES}"),
        ('{"status": 1}', f"Invalid value for status: {STATUSES}"),
        ('{"status": ["shipped"]}', f"Invalid value for status: {STATUSES}"),
        ('{"status": "Shipped"}', f"Invalid value for status: {STATUSES}"),
        ('{"status": "lost"}', f"Invalid value for status: {STATUSES}"),
    ],
)
def test_a_bad_status_is_refused(functions: InProcess, content: str, message: str) -> None:
    assert_refused(functions.api.put(f"/orders/{an_id()}", content=content), 400, message)


@pytest.mark.parametrize(
    "order_id", [UNKNOWN, "nope", "%00", "a%2Fb", "%ED%A0%80", "x" * 5_000, "'--"]
)
def test_an_order_that_is_not_there_is_not_found(functions: InProcess, order_id: str) -> None:
    url = f"/orders/{order_id}"
    for answer in (
        functions.api.get(url),
        functions.api.put(url, json={"status": "shipped"}),
        functions.api.delete(url),
    ):
        assert_refused(answer, 404, "Order not found")


MACHINE = "arn:aws:states:us-east-1:123456789012"


@pytest.mark.parametrize(
    "identifier",
    [
        UNKNOWN,
        "nope",
        "%00",
        "x" * 5_000,
        f"{MACHINE}:execution:OrderProcessingStateMachine:{UNKNOWN}",
        f"{MACHINE}:execution:OrderProcessingStateMachine:",
        f"{MACHINE}:execution:SomebodyElses:{UNKNOWN}",
        f"{MACHINE}:stateMachine:OrderProcessingStateMachine",
        f"arn:aws:states:us-east-1:999999999999:execution:OrderProcessingStateMachine:{UNKNOWN}",
        "arn:aws:s3:::order-backups",
        "arn:",
    ],
    ids=lambda text: text[:60],
)
def test_an_execution_that_is_not_ours_is_not_found(functions: InProcess, identifier: str) -> None:
    assert_refused(functions.api.get(f"/status/{identifier}"), 404, "Execution not found")


@pytest.mark.parametrize("key", [None, "", "wrong", "local-dev-key2", "LOCAL-DEV-KEY"])
def test_a_call_without_the_key_is_forbidden(functions: InProcess, key: str | None) -> None:
    order_id = an_id()
    for method, path in (
        ("POST", "/orders"),
        ("GET", "/orders"),
        ("GET", f"/orders/{order_id}"),
        ("PUT", f"/orders/{order_id}"),
        ("DELETE", f"/orders/{order_id}"),
        ("GET", f"/status/{order_id}"),
    ):
        answer = functions.call_with_key(key, method, path)
        assert_refused(answer, 403, "Forbidden")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/nope"),
        ("PATCH", "/orders"),
        ("POST", "/orders/x"),
        ("DELETE", "/orders"),
    ],
)
def test_a_route_that_is_not_there_asks_for_a_token_as_api_gateway_does(
    functions: InProcess, method: str, path: str
) -> None:
    answer = functions.api.request(method, path)

    assert_refused(answer, 403, "Missing Authentication Token")
