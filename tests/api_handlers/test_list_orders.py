"""GET /orders: pages, totals, filters."""

import httpx

from tests.running.builders import Document, a_line, an_id
from tests.running.in_process import InProcess


def list_orders(api: httpx.Client, **query: str | int) -> Document:
    answer = api.get("/orders", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def a_customer() -> str:
    return f"customer {an_id()[:8]}"


def test_a_list_is_newest_first_in_pages_with_true_totals(functions: InProcess) -> None:
    product, customer = functions.product(), a_customer()
    ids = [functions.processed(a_line(product), customer_id=customer) for _ in range(5)]
    for age, order_id in zip((1, 2, 3, 0, 0), ids, strict=True):  # the last two are a tie
        functions.rows(
            "UPDATE orders SET created_at = timestamp '2024-01-24' - make_interval(days => :age)"
            " WHERE order_id = :id",
            age=age,
            id=order_id,
        )

    pages = [
        list_orders(functions.api, customer_id=customer, limit=2, page=page)
        for page in (1, 2, 3, 4)
    ]

    assert [page["pagination"] for page in pages] == [
        {"page": page, "limit": 2, "total": 5, "pages": 3} for page in (1, 2, 3, 4)
    ]
    listed = [order["order_id"] for page in pages for order in page["orders"]]
    assert listed == [*sorted(ids[3:]), *ids[:3]]
    assert pages[3]["orders"] == []


def test_a_list_has_the_documented_fields_and_defaults(functions: InProcess) -> None:
    order_id = functions.processed(a_line(functions.product()))

    listed = list_orders(functions.api)

    assert (listed["pagination"]["page"], listed["pagination"]["limit"]) == (1, 10)
    (mine,) = (order for order in listed["orders"] if order["order_id"] == order_id)
    assert list(mine) == ["order_id", "customer_id", "total_amount", "status", "created_at"]


def test_filters_narrow_the_list_and_its_total(functions: InProcess) -> None:
    product, customer = functions.product(), a_customer()
    processing = functions.processed(a_line(product), customer_id=customer)
    cancelled = functions.processed(a_line(product), customer_id=customer)
    functions.api.put(f"/orders/{cancelled}", json={"status": "cancelled"})

    def ids(**query: str) -> list[str]:
        found = list_orders(functions.api, customer_id=customer, **query)
        assert found["pagination"]["total"] == len(found["orders"])
        return [order["order_id"] for order in found["orders"]]

    assert ids(status="processing") == [processing]
    assert ids(status="cancelled") == [cancelled]
    assert ids(status="delivered") == []


def test_a_page_beyond_counting_is_empty(functions: InProcess) -> None:
    assert list_orders(functions.api, page=10**30)["orders"] == []
