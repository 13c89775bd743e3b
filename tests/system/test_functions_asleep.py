"""Functions that AWS has put to sleep: an idle VPC function is not ready for minutes.

Until 2026-11-24 FailOrder was tried seven times and a forward state four times.
"""

from tests.running.builders import Document, a_line
from tests.running.definition import COMPENSATING_TASK, FORWARD
from tests.running.shop import Shop
from tests.scenarios.paths import failures

NOT_READY = "Lambda.ResourceNotReadyException"
REFUSALS = 8
ORDERS = 10


def asleep(customer: str) -> Document:
    """The function is not ready for this customer's order until it was tried so often."""
    where = {"customer_id": customer}
    error = NOT_READY.removeprefix("Lambda.")
    return {"kind": "invoke_error", "error": error, "times": REFUSALS, "where": where}


def test_a_compensation_that_sleeps_for_minutes_still_gives_the_stock_back(shop: Shop) -> None:
    product = shop.product(stock=ORDERS)
    customers = [f"sleeper {number}" for number in range(ORDERS)]
    for customer in customers:
        shop.plan("PersistOrder", {"kind": "raise", "where": {"customer_id": customer}})
        shop.plan(COMPENSATING_TASK, asleep(customer))

    ids = [shop.create(a_line(product), customer_id=customer) for customer in customers]

    assert {shop.end(order_id)["error"] for order_id in ids} == {"RuntimeError"}
    for order_id in ids:
        assert failures(shop.history(order_id))[COMPENSATING_TASK] == [NOT_READY] * REFUSALS
        assert (shop.order_row(order_id) or {})["status"] == "failed"
    assert shop.stock(product) == ORDERS


def test_an_order_outlasts_functions_that_all_sleep(shop: Shop) -> None:
    product, customer = shop.product(stock=1), "early riser"
    for state in FORWARD:
        shop.plan(state, asleep(customer))

    order_id = shop.create(a_line(product), customer_id=customer)

    assert shop.end(order_id)["status"] == "SUCCEEDED"
    assert failures(shop.history(order_id)) == {state: [NOT_READY] * REFUSALS for state in FORWARD}
    assert shop.stock(product) == 0
