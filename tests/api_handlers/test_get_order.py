"""GET /orders/{order_id}: one order as the specification shows it."""

import re

from tests.running.builders import a_line
from tests.running.in_process import InProcess


def test_an_order_has_the_documented_fields_in_their_order(functions: InProcess) -> None:
    first, second = sorted([functions.product(price="50.25"), functions.product(price="50.25")])

    order_id = functions.processed(a_line(second, 1), a_line(first, 2))

    order = functions.api.get(f"/orders/{order_id}").json()
    assert list(order) == [
        *("order_id", "customer_id", "total_amount", "status", "created_at", "items")
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", order["created_at"])
    assert order | {"created_at": ""} == {
        "order_id": order_id,
        "customer_id": "CUST001",
        "total_amount": 150.75,
        "status": "processing",
        "created_at": "",
        "items": [
            {"product_id": first, "quantity": 2, "price": 50.25},
            {"product_id": second, "quantity": 1, "price": 50.25},
        ],
    }


def test_money_has_two_places(functions: InProcess) -> None:
    order_id = functions.processed(a_line(functions.product(price="50.10"), 2))

    assert '"total_amount": 100.20' in functions.api.get(f"/orders/{order_id}").text
