"""The decorators: errors as responses, what is logged, and what must never be."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from typing import Any

import pytest

from orders import database
from orders.documents.api import OrderPath
from orders.documents.fields import Document
from orders.errors import (
    DatabaseUnavailable,
    OrderNotFound,
    OrderNotStoredYet,
    OrderStillProcessing,
)
from orders.handlers import Handler, RouteSpec, TaskSpec, route, task
from orders.logs import logger
from orders.settings import database_settings
from tests.running.builders import Document as Json
from tests.running.builders import a_line, an_order
from tests.running.in_process import API_KEY, CONTEXT, TEMPLATE, InProcess, handler_of
from tests.running.walking import TaskFailed

SECRET = "a-secret-nobody-may-read"


class Greeting(Document):
    words: str


EVENT: Json = {
    "httpMethod": "GET",
    "resource": "/orders/{order_id}",
    "requestContext": {"requestId": "req-7", "identity": {"apiKey": SECRET}},
    "pathParameters": {"order_id": "O-1"},
    "headers": {"authorization": SECRET},
    "body": SECRET,
}


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What the functions log, as it would stand in CloudWatch."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logger.registered_formatter)
    logging.getLogger(logger.name).addHandler(handler)
    yield stream
    logging.getLogger(logger.name).removeHandler(handler)


def a_route_that_raises(error: Exception) -> Handler:
    @route(summary="s", description="d", raises=(OrderNotFound,))
    def handler(path: OrderPath) -> Greeting:
        raise error

    return handler


def answered(handler: Handler) -> tuple[int, Json, dict[str, str]]:
    response = handler(EVENT, CONTEXT)
    return response["statusCode"], json.loads(response["body"]), response["headers"]


def test_a_response_is_json_with_the_request_id() -> None:
    @route(summary="s", description="d", status=HTTPStatus.CREATED)
    def handler(path: OrderPath) -> Greeting:
        return Greeting(words=f"hello {path.order_id}")

    status, body, headers = answered(handler)

    assert (status, body) == (201, {"words": "hello O-1"})
    assert headers == {"Content-Type": "application/json", "x-request-id": "req-7"}


def test_a_request_error_is_its_status_message_and_headers() -> None:
    status, body, headers = answered(a_route_that_raises(OrderStillProcessing()))

    assert (status, body) == (409, {"message": "Order is still being processed"})
    assert headers["Retry-After"] == "5"


def test_an_outage_is_a_503_in_the_errors_own_words() -> None:
    status, body, headers = answered(a_route_that_raises(DatabaseUnavailable()))

    error = "The database cannot be reached (request req-7)"
    assert (status, body) == (503, {"message": "Service unavailable", "error": error})
    assert headers["Retry-After"] == "5"


def test_an_error_may_have_more_to_say_than_its_message() -> None:
    status, body, headers = answered(a_route_that_raises(OrderNotStoredYet("O-1")))

    assert (status, headers["Retry-After"]) == (202, "5")
    assert body == {"message": "Order is still being processed", "order_id": "O-1"}


def test_an_unexpected_error_is_a_500_that_names_its_class_and_never_its_words(
    logs: io.StringIO,
) -> None:
    status, body, headers = answered(a_route_that_raises(ValueError(SECRET)))

    error = "Unexpected ValueError (request req-7)"
    assert (status, body) == (500, {"message": "Internal server error", "error": error})
    assert headers["x-request-id"] == "req-7"
    (line,) = [line for line in map(json.loads, logs.getvalue().splitlines()) if "status" in line]
    assert (line["error"], "reason" in line) == ("ValueError", False)


def test_the_decorators_keep_what_a_handler_declares() -> None:
    @task(title="t", raises=(DatabaseUnavailable,))
    def a_task(greeting: Greeting) -> Greeting:
        return greeting

    @route("s", "d", raises=(OrderNotFound,), status=HTTPStatus.CREATED, location="words")
    def a_route(path: OrderPath) -> Greeting:
        return Greeting(words=path.order_id)

    assert vars(a_task)["spec"] == TaskSpec("t", Greeting, Greeting, (DatabaseUnavailable,))
    assert vars(a_route)["spec"] == RouteSpec(
        "s", "d", {"path": OrderPath}, Greeting, HTTPStatus.CREATED, (OrderNotFound,), "words"
    )


@pytest.mark.parametrize("error", [OrderNotFound(), DatabaseUnavailable(), KeyError("a bug")])
def test_a_route_never_logs_its_event(error: Exception, logs: io.StringIO) -> None:
    answered(a_route_that_raises(error))

    assert "O-1" in logs.getvalue(), "the log line has the order's id"
    assert SECRET not in logs.getvalue()


def test_the_deployed_routes_log_no_key_no_body_and_no_customer(
    functions: InProcess, logs: io.StringIO
) -> None:
    order = an_order(a_line(functions.product()), customer_id=SECRET)
    order_id = functions.processed(*order["items"], customer_id=SECRET)
    calls = [
        functions.api.post("/orders", json=order, headers={"Idempotency-Key": SECRET}),
        functions.api.post("/orders", json={"customer_id": SECRET}),
        functions.api.get("/orders", params={"customer_id": SECRET}),
        functions.api.get(f"/orders/{order_id}"),
        functions.api.put(f"/orders/{order_id}", json={"status": SECRET}),
        functions.api.delete(f"/orders/{order_id}"),
    ]

    assert [call.status_code for call in calls] == [201, 400, 200, 200, 400, 200]
    assert order_id in logs.getvalue()
    assert SECRET not in logs.getvalue()
    assert API_KEY not in logs.getvalue()


@contextmanager
def refusing_the_customer(functions: InProcess, table: str, column: str) -> Iterator[None]:
    """Let PostgreSQL refuse rows of the customer SECRET, and quote them in its DETAIL."""
    refused = f"CHECK ({column}::text NOT LIKE '%{SECRET}%') NOT VALID"
    functions.rows(f"ALTER TABLE {table} ADD CONSTRAINT no_such_customer {refused}")
    yield
    functions.rows(f"ALTER TABLE {table} DROP CONSTRAINT no_such_customer")


@pytest.mark.parametrize(
    ("table", "column"), [("accepted_orders", "request"), ("orders", "customer_id")]
)
def test_a_row_that_postgresql_refuses_is_not_in_the_log(
    functions: InProcess, logs: io.StringIO, table: str, column: str
) -> None:
    product = functions.product()

    with refusing_the_customer(functions, table, column):
        order_id = functions.create(a_line(product), customer_id=SECRET)
        with suppress(TaskFailed):
            functions.run(order_id)

    assert f'violates check constraint \\"no_such_customer\\" (table {table}, ' in logs.getvalue()
    assert "SQLSTATE 23514" in logs.getvalue()
    assert SECRET not in logs.getvalue()


@pytest.mark.parametrize(
    ("setting", "cause"),
    [
        (("DB_HOST", f"{SECRET}.invalid"), "because of gaierror"),
        (("DB_HOST", f"/{SECRET}"), "because of FileNotFoundError"),
        (("DB_USER", SECRET), "SQLSTATE 28P01"),
        (("DB_PASSWORD", SECRET), "SQLSTATE 28P01"),
    ],
)
def test_no_address_and_no_login_is_in_the_log(
    functions: InProcess,
    logs: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    setting: tuple[str, str],
    cause: str,
) -> None:
    database._forget()  # noqa: SLF001 - the process's own warm connection
    monkeypatch.setenv(*setting)
    database_settings.cache_clear()

    answer = functions.api.get("/orders")

    database_settings.cache_clear()
    assert answer.status_code >= 500
    assert cause in logs.getvalue()
    assert SECRET not in logs.getvalue() + answer.text
    assert functions.environment["DB_PASSWORD"] not in logs.getvalue()


class LoudGreeting(Greeting):
    """Says more than a Greeting."""


def test_a_task_must_return_the_class_that_it_declares() -> None:
    @task(title="t")
    def handler(greeting: Greeting) -> Greeting:
        return LoudGreeting(**greeting.model_dump())

    with pytest.raises(TypeError, match="returned LoudGreeting, and declares Greeting"):
        handler({"words": "hello"}, CONTEXT)


def test_a_task_must_declare_one_input_and_its_output() -> None:
    def without_output(greeting: Greeting):  # type: ignore[no-untyped-def]  # noqa: ANN202  # the fault
        return greeting

    def of_a_dict(greeting: dict[str, str]) -> Greeting:
        return Greeting(**greeting)

    def of_two(_: Greeting, greeting: Greeting) -> Greeting:
        return greeting

    wrong: list[Any] = [without_output, of_a_dict, of_two]
    for function in wrong:
        with pytest.raises(TypeError, match="must take one model and return one: annotate both"):
            task(title="t")(function)


def test_a_tasks_error_never_quotes_its_input(logs: io.StringIO) -> None:
    @task(title="t")
    def handler(greeting: Greeting) -> Greeting:
        return greeting

    with pytest.raises(ValueError, match="words") as refused:
        handler({"words": [SECRET], "more": SECRET}, CONTEXT)

    assert SECRET not in str(refused.value)
    assert SECRET not in logs.getvalue()


def test_a_task_logs_its_order_and_whether_it_worked(logs: io.StringIO) -> None:
    @task(title="t")
    def handler(greeting: Greeting) -> Greeting:
        return greeting

    handler({"words": "hello"}, CONTEXT)

    (line,) = map(json.loads, logs.getvalue().splitlines())
    assert (line["message"], line["function_request_id"]) == ("done", CONTEXT.aws_request_id)
    assert line["version"] == CONTEXT.function_version


@pytest.mark.parametrize("function", TEMPLATE.functions)
def test_every_deployed_handler_declares_what_it_is(function: str) -> None:
    spec = vars(handler_of(function))["spec"]

    assert isinstance(spec, TaskSpec | RouteSpec)
    assert spec[0].endswith(".")
