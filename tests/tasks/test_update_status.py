"""UpdateStatus on the real database."""

import pytest

from tests.running.shop import Shop, TaskFailed
from tests.running.walking import walked


def test_moves_the_order_to_processing_however_often_it_runs(shop: Shop) -> None:
    backed_up = walked(shop, shop.product(), until="BackUpOrder")

    first = shop.invoke("UpdateStatusFunction", backed_up)

    assert first["status"] == "processing"
    assert shop.invoke("UpdateStatusFunction", backed_up) == first


@pytest.mark.parametrize("status", ["cancelled", "shipped"])
def test_too_late_it_does_not_undo_what_a_person_did(shop: Shop, status: str) -> None:
    order = walked(shop, shop.product(), until="UpdateStatus")
    url = f"/orders/{order['order_id']}"
    assert shop.api.put(url, json={"status": status}).status_code == 200

    del order["status"]
    late = shop.invoke("UpdateStatusFunction", order | {"status": "pending"})

    assert late["status"] == status
    assert shop.api.get(url).json()["status"] == status


def test_a_deleted_order_stays_deleted(shop: Shop) -> None:
    backed_up = walked(shop, shop.product(), until="BackUpOrder")
    assert shop.api.delete(f"/orders/{backed_up['order_id']}").status_code == 200

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        shop.invoke("UpdateStatusFunction", backed_up)
