#!/usr/bin/env python3
"""Try every endpoint of a deployment, local or on AWS; needs nothing but Python.

usage: scripts/test_api.py BASE_URL [API_KEY]

Without API_KEY, which the list of processes shows to everybody on this machine, the key is that of
the variable ORDERS_API_KEY.

Exit status 0: all as promised. 1: the first surprise, or no server. 2: wrong usage.
It deletes the orders that it makes. It ships one mouse (PROD002), whose stock does not come back.
"""

import json
import os
import sys
import time
import uuid
from contextlib import suppress
from decimal import Decimal
from email.message import Message
from http.client import HTTPException
from typing import Any, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

ORDER = {
    "customer_id": "CUST001",
    "items": [
        {"product_id": "PROD001", "quantity": 2},
        {"product_id": "PROD002", "quantity": 1},
    ],
}
MOUSE = {"customer_id": "CUST001", "items": [{"product_id": "PROD002", "quantity": 1}]}
UNKNOWN = "00000000-0000-4000-8000-000000000000"

REQUEST_SECONDS = 35  # API Gateway itself gives up after 29
WORKFLOW_SECONDS = 90
POLL_SECONDS = 0.25


class Surprise(Exception):
    """The API did not do what its contract says."""


class Answer(NamedTuple):
    """A response. Numbers with a decimal point in its body are Decimals."""

    status: int
    body: Any
    headers: Message


class Api:
    """A deployment, and the orders that were made there."""

    def __init__(self, base_url: str, key: str) -> None:
        """`base_url` is without a slash at its end."""
        self.base_url = base_url
        self.key = key
        self.made: list[str] = []

    def call(self, method: str, path: str, body: object = None, **headers: str | None) -> Answer:
        """Send one request; a header that is None is left out. Raises Surprise on no JSON."""
        sent = {"x-api-key": self.key, "Content-Type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(  # noqa: S310 - main() lets nothing but http and https through
            self.base_url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={name: value for name, value in (sent | named).items() if value is not None},
        )
        return answer_of(f"{method} {path}", *exchange(request))

    def create(self, order: object, **headers: str | None) -> Answer:
        """POST an order, and remember to delete it."""
        answer = self.call("POST", "/orders", order, **headers)
        if answer.status == 201 and answer.body["order_id"] not in self.made:
            self.made.append(answer.body["order_id"])
        return answer

    def clean_up(self) -> None:
        """Delete what was made, whatever state it is in."""
        for order_id in self.made:
            with suppress(Surprise, OSError):  # the first surprise is the one to tell
                self.call("DELETE", f"/orders/{order_id}")


def exchange(request: Request) -> tuple[int, bytes, Message]:
    """Status, body and headers; an HTTP error is an answer like any other."""
    try:
        with urlopen(request, timeout=REQUEST_SECONDS) as response:  # noqa: S310 - as in call
            return response.status, response.read(), response.headers
    except HTTPError as error:
        with error:
            return error.code, error.read(), error.headers


def answer_of(asked: str, status: int, text: bytes, headers: Message) -> Answer:
    """Check what every answer has: JSON and a request id."""
    try:
        body = json.loads(text, parse_float=Decimal)
    except ValueError:
        raise Surprise(f"{asked}: expected JSON, came {status} {text[:200]!r}") from None
    if not headers.get("x-request-id"):
        raise Surprise(f"{asked}: expected an x-request-id header, came {headers.keys()}")
    return Answer(status, body, headers)


def expect(what: str, came: object, wanted: object) -> None:
    """Raise Surprise unless both are equal."""
    if came != wanted:
        raise Surprise(f"{what}: expected {shown(wanted)}, came {shown(came)}")


def expect_status(what: str, answer: Answer, status: int) -> None:
    """Raise Surprise, with the body, unless the status is as it must be."""
    if answer.status != status:
        raise Surprise(f"{what}: expected {status}, came {answer.status} {shown(answer.body)}")


def expect_answer(what: str, answer: Answer, status: int, body: object) -> None:
    """Print a tick when status and body are as they must be, raise Surprise otherwise."""
    expect(what, (answer.status, answer.body), (status, body))
    tick(f"{what}: {status} {shown(body)}")


def expect_message(what: str, answer: Answer, status: int, message: str) -> None:
    """As expect_answer, for a body that holds nothing but a message."""
    expect_answer(what, answer, status, {"message": message})


def shown(value: object) -> str:
    """The value as JSON, on one line."""
    return json.dumps(value, default=str)


def title(words: str) -> None:
    """Announce a step."""
    print(f"\n{words}")


def tick(words: str) -> None:
    """Print a check that has passed."""
    print(f"  ✓ {words}", flush=True)


def create_order(api: Api) -> tuple[str, str]:
    """POST the sample order; returns its id and execution ARN."""
    title("1. POST /orders")
    answer = api.create(ORDER)
    expect_status("POST /orders", answer, 201)
    order_id, arn = answer.body["order_id"], answer.body["execution_arn"]
    expect("message", answer.body["message"], "Order created successfully")
    expect("note", answer.body["note"], "Save this execution_arn to check workflow status later")
    expect("the ARN's last part", arn.rpartition(":")[2], order_id)
    tick(f"201, order {order_id}")
    tick(f"execution {arn}")
    return order_id, arn


def await_workflow(api: Api, order_id: str) -> None:
    """Poll /status until the execution ends. Raises Surprise unless it has SUCCEEDED."""
    deadline = time.monotonic() + WORKFLOW_SECONDS
    while (answer := api.call("GET", f"/status/{order_id}")).status == 200:
        if answer.body["status"] != "RUNNING" or time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    if answer.status != 200 or answer.body["status"] != "SUCCEEDED":
        raise Surprise(f"workflow of {order_id}: expected SUCCEEDED, came {shown(answer.body)}")
    tick(f"workflow of {order_id} SUCCEEDED")


def get_order(api: Api, order_id: str) -> None:
    """GET right after the 201, then once the workflow is done."""
    title("2. GET /orders/{order_id}")
    answer = api.call("GET", f"/orders/{order_id}")
    expect_status("status right after the 201", answer, 200)
    tick(f"200 right after the 201: {answer.body['status']}")
    await_workflow(api, order_id)
    answer = api.call("GET", f"/orders/{order_id}")
    check_details(order_id, answer.body)
    tick(f"200, processing, total {answer.body['total_amount']}: the sum of its items")


def check_details(order_id: str, order: Any) -> None:  # noqa: ANN401 - JSON
    """Compare with what was ordered; prices are the deployment's own."""
    lines = [{"product_id": i["product_id"], "quantity": i["quantity"]} for i in order["items"]]
    total = sum(Decimal(i["price"]) * i["quantity"] for i in order["items"])
    expect("order_id", order["order_id"], order_id)
    expect("customer_id", order["customer_id"], ORDER["customer_id"])
    expect("status", order["status"], "processing")
    expect("items", lines, ORDER["items"])
    expect("total_amount", Decimal(order["total_amount"]), total)
    expect("length of created_at", len(order["created_at"]), len("2024-01-24T10:30:00"))


def list_orders(api: Api, order_id: str) -> None:
    """Check the pages and the filters of the list."""
    title("3. GET /orders")
    found = listed(api, customer_id="CUST001", status="processing", limit=100)
    expect(f"order {order_id} listed", order_id in [one["order_id"] for one in found], wanted=True)
    expect("statuses", {one["status"] for one in found}, {"processing"})
    times = [one["created_at"] for one in found]
    expect("newest first", times, sorted(times, reverse=True))
    tick(f"{len(found)} of CUST001 in processing, ours among them, newest first")
    expect("orders on a page of 1", len(listed(api, page=1, limit=1)), 1)
    expect("orders past the end", listed(api, page=1_000_000, limit=100), [])
    tick("one order on a page of one, none past the end")
    for parameter in ("page=0", "page=abc", "limit=101", "status=unknown"):
        answer = api.call("GET", f"/orders?{parameter}")
        expect_status(parameter, answer, 400)
        tick(f"{parameter}: 400 {answer.body['message']}")


def listed(api: Api, **parameters: object) -> list[Any]:
    """The orders of one page, whose pagination adds up."""
    answer = api.call("GET", f"/orders?{urlencode(parameters)}")
    expect_status("GET /orders", answer, 200)
    pagination = answer.body["pagination"]
    limit, total = parameters["limit"], pagination["total"]
    expect("limit", pagination["limit"], limit)
    expect("page", pagination["page"], parameters.get("page", 1))
    expect("pages", pagination["pages"], -(-total // limit))
    return list(answer.body["orders"])


def get_status(api: Api, order_id: str, arn: str) -> None:
    """By id, by ARN, by percent-encoded ARN: three ways to the same execution."""
    title("4. GET /status/{identifier}")
    for way, identifier, kind in (
        ("by order id", order_id, "order_id"),
        ("by ARN", arn, "execution_arn"),
        ("by percent-encoded ARN", quote(arn, safe=""), "execution_arn"),
    ):
        check_status(way, api.call("GET", f"/status/{identifier}"), arn, kind)


def check_status(way: str, answer: Answer, arn: str, kind: str) -> None:
    """Compare the answer with a finished execution's."""
    expect_status(way, answer, 200)
    expect(f"execution_arn {way}", answer.body["execution_arn"], arn)
    expect(f"identifier_type {way}", answer.body["identifier_type"], kind)
    expect(f"status {way}", answer.body["status"], "SUCCEEDED")
    expect(f"stop_date {way}", "stop_date" in answer.body, wanted=True)
    last = answer.body["recent_events"][-1]
    expect(f"last event {way}", (last["type"], last["state"]), ("ExecutionSucceeded", None))
    tick(f"{way}: SUCCEEDED, {len(answer.body['recent_events'])} recent events")


def repeat_order(api: Api) -> str:
    """Send one order twice under an Idempotency-Key, then another under the same key."""
    title("5. Idempotency-Key")
    key = str(uuid.uuid4())
    first = api.create(MOUSE, Idempotency_Key=key)
    expect_status("POST /orders", first, 201)
    again = api.create(MOUSE, Idempotency_Key=key)
    expect_answer("same key, same order", again, 201, first.body)
    words = "Idempotency-Key was already used with a different order"
    expect_message("same key, another order", api.create(ORDER, Idempotency_Key=key), 422, words)
    return str(first.body["order_id"])


def update_order(api: Api, order_id: str) -> None:
    """PUT the order through every status to `delivered`, starting right after its 201."""
    title("6. PUT /orders/{order_id}")
    path = f"/orders/{order_id}"
    for status in ("processing", "shipped", "delivered"):
        body = {"message": "Order updated successfully", "order_id": order_id, "status": status}
        expect_answer(f"to {status}", api.call("PUT", path, {"status": status}), 200, body)
    words = "Order cannot go from delivered to processing"
    expect_message("back again", api.call("PUT", path, {"status": "processing"}), 409, words)
    answer = api.call("PUT", path, {"status": "lost"})
    expect_status("unknown status", answer, 400)
    tick(f"unknown status: 400 {answer.body['message']}")


def delete_orders(api: Api) -> None:
    """DELETE what was made, twice."""
    title("7. DELETE /orders/{order_id}")
    for order_id in list(api.made):
        body = {"message": "Order deleted successfully", "order_id": order_id}
        expect_answer("deleted", api.call("DELETE", f"/orders/{order_id}"), 200, body)
        api.made.remove(order_id)
        again = api.call("DELETE", f"/orders/{order_id}")
        expect_message("deleted twice", again, 404, "Order not found")
        gone = api.call("GET", f"/orders/{order_id}")
        expect_message("read after that", gone, 404, "Order not found")


def errors(api: Api, arn: str) -> None:
    """Check which requests are refused, and with which message."""
    title("8. Errors")
    missing = "Missing required field: customer_id"
    expect_message("no customer_id", api.create({"items": ORDER["items"]}), 400, missing)
    no_key = api.call("GET", "/orders", x_api_key=None)
    expect_message("no key", no_key, 403, "Forbidden")
    wrong_key = api.call("GET", "/orders", x_api_key="wrong")
    expect_message("wrong key", wrong_key, 403, "Forbidden")
    no_route = api.call("GET", "/nowhere")
    expect_message("unknown path", no_route, 403, "Missing Authentication Token")
    no_order = api.call("GET", f"/orders/{UNKNOWN}")
    expect_message("unknown order", no_order, 404, "Order not found")
    for identifier in (UNKNOWN, arn.replace(":OrderProcessing", ":SomethingElse", 1)):
        answer = api.call("GET", f"/status/{identifier}")
        expect_message(f"status of {identifier}", answer, 404, "Execution not found")


def run(api: Api) -> None:
    """All steps, in order; what was made is deleted even after a surprise."""
    try:
        order_id, arn = create_order(api)
        get_order(api, order_id)
        list_orders(api, order_id)
        get_status(api, order_id, arn)
        update_order(api, repeat_order(api))
        delete_orders(api)
        errors(api, arn)
    finally:
        api.clean_up()


def main() -> int:
    """Read the arguments, run all steps and return the exit status."""
    arguments = [*sys.argv[1:], *filter(None, [os.environ.get("ORDERS_API_KEY")])]
    if not 2 <= len(arguments) <= 3 or not arguments[0].startswith(("http://", "https://")):
        print("usage: scripts/test_api.py BASE_URL [API_KEY]", file=sys.stderr)
        print("without API_KEY, the variable ORDERS_API_KEY has it", file=sys.stderr)
        print("BASE_URL starts with http:// or https://", file=sys.stderr)
        return 2
    base_url = arguments[0].rstrip("/")
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # type: ignore[union-attr] # for a terminal that cannot print ticks
    print(f"=== Order Management API Test: {base_url} ===")
    try:
        run(Api(base_url, arguments[1]))
    except Surprise as surprise:
        print(f"  ✗ {surprise}", file=sys.stderr)
        return 1
    except (KeyError, TypeError) as error:
        print(f"  ✗ an answer lacks {error}", file=sys.stderr)
        return 1
    except (URLError, OSError, HTTPException) as error:
        print(f"  ✗ {base_url} does not answer: {getattr(error, 'reason', error)}", file=sys.stderr)
        return 1
    print("\nAll tests completed successfully!")
    return 0


if __name__ == "__main__":
    sys.exit(main())
