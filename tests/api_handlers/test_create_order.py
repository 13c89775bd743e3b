"""POST /orders: the response, merged lines, Idempotency-Keys."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.shop import Shop


def post(api: httpx.Client, order: Document, key: str) -> httpx.Response:
    return api.post("/orders", json=order, headers={"Idempotency-Key": key})


def test_the_response_has_the_documented_four_fields(functions: InProcess) -> None:
    answer = functions.api.post("/orders", json=an_order(a_line(functions.product())))

    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["location"] == f"/orders/{body['order_id']}"
    assert list(body) == ["message", "order_id", "execution_arn", "note"]
    assert body["message"] == "Order created successfully"
    assert body["note"] == "Save this execution_arn to check workflow status later"
    assert body["execution_arn"] == (
        "arn:aws:states:us-east-1:123456789012:execution:"
        f"OrderProcessingStateMachine:{body['order_id']}"
    )


def test_two_lines_of_one_product_are_merged(functions: InProcess) -> None:
    product, other = functions.product(price="2.50"), functions.product()

    order_id = functions.processed(a_line(product, 2), a_line(other), a_line(product, 3))

    items = functions.api.get(f"/orders/{order_id}").json()["items"]
    assert {"product_id": product, "quantity": 5, "price": 2.5} in items
    assert len(items) == 2


def test_unknown_fields_are_ignored(functions: InProcess) -> None:
    order = an_order(a_line(functions.product()) | {"colour": "red"})

    assert functions.api.post("/orders", json=order | {"order_id": "mine"}).status_code == 201


def test_ids_may_hold_any_letters_up_to_fifty(functions: InProcess) -> None:
    customer = "Zoë " + "å" * 46

    order_id = functions.processed(a_line(functions.product()), customer_id=customer)

    assert functions.api.get(f"/orders/{order_id}").json()["customer_id"] == customer


def test_racing_calls_with_one_key_make_one_order(shop: Shop) -> None:
    product, key = shop.product(stock=10), an_id()

    with ThreadPoolExecutor(8) as threads:
        order = an_order(a_line(product, 2))
        answers = list(threads.map(lambda _: post(shop.api, order, key), range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 8}
    assert len({answer.text for answer in answers}) == 1
    shop.end(answers[0].json()["order_id"])
    assert shop.stock(product) == 8


def test_a_key_used_again_returns_the_order_and_starts_nothing(functions: InProcess) -> None:
    """While its workflow is in flight, and once it was processed and Step Functions forgot it."""
    product, key = functions.product(stock=10), an_id()
    first = post(functions.api, an_order(a_line(product, 1), a_line(product, 2)), key)

    in_flight = post(functions.api, an_order(a_line(product, 3)), key)
    functions.run(first.json()["order_id"])
    functions.forget_executions()
    later = post(functions.api, an_order(a_line(product, 3)), key)

    for again in (in_flight, later):
        assert (again.status_code, again.json()) == (201, first.json())
    assert functions.executions() == []
    assert functions.stock(product) == 7


def test_a_key_used_with_another_order_is_refused(functions: InProcess) -> None:
    """While its workflow is in flight, and once it was processed."""
    product, key = functions.product(stock=10), an_id()
    first = post(functions.api, an_order(a_line(product, 1)), key)
    others = [
        an_order(a_line(product, 2)),
        an_order(a_line(functions.product(), 1)),
        an_order(a_line(product, 1), customer_id="CUST002"),
    ]

    answers = [post(functions.api, other, key) for other in others]
    functions.run(first.json()["order_id"])
    answers += [post(functions.api, other, key) for other in others]

    for answer in answers:
        assert answer.status_code == 422
        assert answer.json() == {
            "message": "Idempotency-Key was already used with a different order"
        }
    assert functions.stock(product) == 9


def test_the_same_key_of_another_caller_is_another_order(functions: InProcess) -> None:
    order, key = an_order(a_line(functions.product())), an_id()

    def created_by(caller: str) -> Document:
        context = {"requestId": "r", "path": "/orders", "identity": {"apiKeyId": caller}}
        route = {"httpMethod": "POST", "resource": "/orders"}
        event = route | {"requestContext": context, "headers": {"idempotency-key": key}}
        return functions.invoke("CreateOrderFunction", event | {"body": json.dumps(order)})

    one, again, other = (json.loads(created_by(caller)["body"]) for caller in ("a", "a", "b"))

    assert one == again
    assert one["order_id"] != other["order_id"]


def test_another_key_is_another_order(functions: InProcess) -> None:
    order = an_order(a_line(functions.product()))

    ids = {post(functions.api, order, an_id()).json()["order_id"] for _ in range(2)}

    assert len(ids) == 2


def test_a_role_that_may_not_start_executions_is_a_500_that_nobody_is_asked_to_repeat(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = ClientError({"Error": {"Code": "AccessDeniedException"}}, "StartExecution")

    def refuse(*_: object) -> None:
        raise refused

    monkeypatch.setattr(BaseClient, "_make_api_call", refuse)

    answer = functions.api.post("/orders", json=an_order(a_line("A")))

    assert answer.status_code == 500
    assert answer.json()["error"].startswith("AWS did not permit StartExecution: the role of this")
    assert "retry-after" not in answer.headers
