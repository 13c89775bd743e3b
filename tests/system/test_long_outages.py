"""A PostgreSQL that is away for longer than the tasks try, or that does not answer for a while.

Until 2026-11-24 FailOrder gave up after minutes, and an order that no table knew was lost.
"""

import json

import pytest

from tests.running.builders import Document, a_line, an_order, in_event
from tests.running.definition import COMPENSATING_TASK, FORWARD, STATES
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.scenarios.paths import failures

AWAY: Document = {"kind": "refuse", "times": None}
MINUTES = 2 * STATES[FORWARD[0]]["Retry"][0]["MaxAttempts"]
"""More attempts than a forward state makes in an outage."""


@pytest.mark.whole  # 15 s, most of it the patience of the POST and of CalculatePrice
def test_an_order_that_no_table_knows_fails_once_postgresql_is_back(shop: Shop) -> None:
    product, customer = shop.product(stock=1), "alone in the dark"
    order = json.dumps(an_order(a_line(product), customer_id=customer))
    shop.plan("CreateOrder", AWAY | {"where": {"body": in_event(order)}})
    for state in (FORWARD[0], COMPENSATING_TASK):
        shop.plan(state, AWAY | {"where": {"customer_id": customer}})

    answer = shop.api.post("/orders", content=order)

    assert answer.status_code == 201, answer.text
    order_id = answer.json()["order_id"]

    def outlasted() -> None:
        assert len(failures(shop.history(order_id)).get(COMPENSATING_TASK, ())) > MINUTES

    eventually(outlasted, seconds=60, every=1)
    assert notes(shop, order_id) == []
    shop.clear_faults()
    assert shop.end(order_id)["error"] == "DatabaseUnavailable"
    assert (shop.order_row(order_id) or {})["status"] == "failed"
    assert [note["settled_at"] is not None for note in notes(shop, order_id)] == [True]
    assert shop.stock(product) == 1


def notes(shop: Shop, order_id: str) -> list[Document]:
    return shop.rows("SELECT * FROM accepted_orders WHERE order_id = :id", id=order_id)


@pytest.mark.whole  # 6 s; the failure matrix has the shorter case, in which it hangs once
def test_a_database_that_does_not_answer_for_a_second_delays_orders_in_every_state(
    shop: Shop,
) -> None:
    product = shop.product(stock=5)
    states = [state for state in (*FORWARD, COMPENSATING_TASK) if state != "BackUpOrder"]
    ids = {state: order_that_hangs_in(state, shop, product) for state in states}

    for state, order_id in ids.items():
        ended = shop.end(order_id)["status"]
        assert (state, ended) == (state, "FAILED" if state == COMPENSATING_TASK else "SUCCEEDED")
        assert "DatabaseUnavailable" in failures(shop.history(order_id))[state]
    statuses = [(shop.order_row(order_id) or {})["status"] for order_id in ids.values()]
    assert statuses == ["processing"] * 4 + ["failed"]
    assert shop.stock(product) == 1


def order_that_hangs_in(state: str, shop: Shop, product: str) -> str:
    customer = f"hanging in {state}"
    mine = {"where": {"customer_id": customer}}
    if state == COMPENSATING_TASK:
        shop.plan("PersistOrder", {"kind": "raise"} | mine)
    hanging = {"kind": "hang", "after": 0.2} | mine
    shop.plan(state, hanging, hanging | {"for_seconds": 1})  # the first waits for the order
    return shop.create(a_line(product), customer_id=customer)
