"""What template.yaml grants suffices for all that the functions do."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.running.builders import a_line, an_order
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack

REFUSED = ("is not authorized to perform", "NotPermitted", "does not know which permission")


def refusals(shop: Shop) -> list[str]:
    """The lines of the functions' logs that a refused call leaves."""
    logs = Path(shop.description["logs"]).glob("*Function.log")
    lines = [line for log in logs for line in log.read_text().splitlines()]
    return [line for line in lines if any(words in line for words in REFUSED)]


def use_every_route(shop: Shop) -> None:
    """An order that is created twice with one key, read in every way, changed and deleted."""
    key = {"Idempotency-Key": str(uuid4())}
    order = an_order(a_line("PROD001"))
    order_id = shop.api.post("/orders", json=order, headers=key).json()["order_id"]
    assert shop.end(order_id)["status"] == "SUCCEEDED"
    assert shop.api.post("/orders", json=order, headers=key).status_code == 201
    other = an_order(a_line("PROD002"))
    assert shop.api.post("/orders", json=other, headers=key).status_code == 422
    assert shop.api.get("/orders").status_code == 200
    assert shop.api.get(f"/orders/{order_id}").json()["status"] == "processing"
    assert shop.api.put(f"/orders/{order_id}", json={"status": "cancelled"}).status_code == 200
    assert shop.api.delete(f"/orders/{order_id}").status_code == 200


def abort_in(shop: Shop, state: str) -> str:
    """An order whose execution is aborted while this state runs, which still finishes.

    Returns the order's id.
    """
    with shop.failing(**{state: [{"kind": "hold"}]}):
        order_id = shop.create(a_line("PROD001"))
        shop.until_held(state)
        shop.abort(order_id)
        shop.end(order_id)
    shop.until_idle()
    return order_id


def let_the_reconciler_repair(shop: Shop) -> None:
    """Orders without a backup, with one, and with one that is lost."""
    not_stored, backed_up, lost = (
        abort_in(shop, state) for state in ("PersistOrder", "BackUpOrder", "BackUpOrder")
    )
    shop.lose_backup(lost)
    outcomes = shop.reconcile()
    assert {not_stored, backed_up, lost} <= outcomes.keys()
    assert "left" not in outcomes.values()


@pytest.mark.whole
def test_what_the_roles_grant_suffices(starts_a_stack: None) -> None:
    with a_running_stack("--unkind", "--faults", "--schedules", "0") as shop:
        use_every_route(shop)
        let_the_reconciler_repair(shop)

        assert refusals(shop) == []
