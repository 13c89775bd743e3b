"""PUT /orders/{order_id}: the allowed moves, and the stock that moves with the order."""

import httpx
import pytest

from tests.running.builders import Document, a_line, an_id
from tests.running.in_process import InProcess

ALLOWED = {
    "pending": {"processing", "cancelled", "failed"},
    "processing": {"shipped", "cancelled", "failed"},
    "shipped": {"delivered"},
    "delivered": set(),
    "cancelled": set(),
    "failed": set(),
}
"""docs/contract.md, "Moves"."""


def put(api: httpx.Client, order_id: str, status: str) -> tuple[int, Document]:
    answer = api.put(f"/orders/{order_id}", json={"status": status})
    return answer.status_code, answer.json()


def test_a_shipped_and_delivered_order_keeps_its_stock(functions: InProcess) -> None:
    product = functions.product(stock=10)
    order_id = functions.processed(a_line(product, 3))

    for status in ("shipped", "delivered"):
        assert put(functions.api, order_id, status) == (
            200,
            {"message": "Order updated successfully", "order_id": order_id, "status": status},
        )

    assert functions.stock(product) == 7
    assert functions.reservations(order_id) == {"shipped"}


@pytest.mark.parametrize("status", ["cancelled", "failed"])
def test_a_cancelled_or_failed_order_gives_its_stock_back_once(
    functions: InProcess, status: str
) -> None:
    product = functions.product(stock=10)
    order_id = functions.processed(a_line(product, 3))

    assert put(functions.api, order_id, status)[0] == 200
    assert put(functions.api, order_id, status)[0] == 200
    assert functions.api.delete(f"/orders/{order_id}").status_code == 200

    assert functions.stock(product) == 10


@pytest.mark.parametrize("present", ALLOWED)
@pytest.mark.parametrize("wanted", ALLOWED)
def test_only_the_contracts_moves_are_allowed(
    functions: InProcess, present: str, wanted: str
) -> None:
    order_id = an_id()
    functions.rows("INSERT INTO orders VALUES (:id, 'C', 1, :status)", id=order_id, status=present)

    status, body = put(functions.api, order_id, wanted)

    if wanted == present or wanted in ALLOWED[present]:
        assert status == 200
    else:
        message = f"Order cannot go from {present} to {wanted}"
        assert (status, body) == (409, {"message": message})
    row = functions.order_row(order_id)
    assert row is not None
    assert row["status"] == (wanted if status == 200 else present)
