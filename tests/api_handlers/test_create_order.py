"""POST /orders over HTTP."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import httpx

from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.shop import Shop


def post(shop: Shop, order: Document, key: str) -> httpx.Response:
    return shop.api.post("/orders", json=order, headers={"Idempotency-Key": key})


def test_answers_with_the_seeds_four_fields(shop: Shop) -> None:
    answer = shop.api.post("/orders", json=an_order(a_line(shop.product())))

    body = answer.json()
    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/json"
    assert list(body) == ["message", "order_id", "execution_arn", "note"]
    assert body["message"] == "Order created successfully"
    assert body["note"] == "Save this execution_arn to check workflow status later"
    assert body["execution_arn"] == (
        "arn:aws:states:us-east-1:123456789012:execution:"
        f"OrderProcessingStateMachine:{body['order_id']}"
    )


def test_two_lines_of_one_product_are_merged(shop: Shop) -> None:
    product, other = shop.product(price="2.50"), shop.product()

    order_id = shop.processed(a_line(product, 2), a_line(other), a_line(product, 3))

    items = shop.api.get(f"/orders/{order_id}").json()["items"]
    assert {"product_id": product, "quantity": 5, "price": 2.5} in items
    assert len(items) == 2


def test_unknown_fields_are_ignored(shop: Shop) -> None:
    order = an_order(a_line(shop.product()) | {"colour": "red"})

    assert shop.api.post("/orders", json=order | {"order_id": "mine"}).status_code == 201


def test_ids_may_hold_any_letters_up_to_fifty(shop: Shop) -> None:
    customer = "Zoë " + "å" * 46

    order_id = shop.create(a_line(shop.product()), customer_id=customer)

    assert shop.api.get(f"/orders/{order_id}").json()["customer_id"] == customer


def test_the_same_key_and_order_is_one_order_however_many_race(shop: Shop) -> None:
    product, key = shop.product(stock=10), an_id()

    with ThreadPoolExecutor(8) as threads:
        order = an_order(a_line(product, 2))
        answers = list(threads.map(lambda _: post(shop, order, key), range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 8}
    assert len({answer.text for answer in answers}) == 1
    shop.end(answers[0].json()["order_id"])
    assert shop.stock(product) == 8


def test_the_same_key_and_order_again_when_all_is_done(shop: Shop) -> None:
    product, key = shop.product(stock=10), an_id()
    first = post(shop, an_order(a_line(product, 1), a_line(product, 2)), key)
    shop.end(first.json()["order_id"])

    again = post(shop, an_order(a_line(product, 3)), key)

    assert (again.status_code, again.json()) == (201, first.json())
    assert shop.stock(product) == 7


def test_the_same_key_with_another_order_is_refused(shop: Shop) -> None:
    product, key = shop.product(stock=10), an_id()
    first = post(shop, an_order(a_line(product, 1)), key)

    answers = [post(shop, an_order(a_line(product, 2)), key)]
    shop.end(first.json()["order_id"])
    answers.append(post(shop, an_order(a_line(product, 1), customer_id="CUST002"), key))

    for answer in answers:
        assert answer.status_code == 422
        assert answer.json() == {
            "message": "Idempotency-Key was already used with a different order"
        }
    assert shop.stock(product) == 9


def test_the_same_key_of_another_caller_is_another_order(shop: Shop) -> None:
    order, key = an_order(a_line(shop.product())), an_id()

    def created_by(caller: str) -> Document:
        context = {"requestId": "r", "identity": {"apiKeyId": caller}}
        event = {"requestContext": context, "headers": {"idempotency-key": key}}
        return shop.invoke("CreateOrderFunction", event | {"body": json.dumps(order)})

    one, again, other = (json.loads(created_by(caller)["body"]) for caller in ("a", "a", "b"))

    assert one == again
    assert one["order_id"] != other["order_id"]


def test_another_key_is_another_order(shop: Shop) -> None:
    order = an_order(a_line(shop.product()))

    ids = {post(shop, order, an_id()).json()["order_id"] for _ in range(2)}

    assert len(ids) == 2
