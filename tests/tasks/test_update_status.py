"""UpdateStatus on the real database."""

import pytest

from tests.running.definition import before
from tests.running.in_process import InProcess
from tests.running.walking import TaskFailed, walked


def test_moves_the_order_to_processing_however_often_it_runs(functions: InProcess) -> None:
    backed_up = walked(functions, functions.product(), until=before("UpdateStatus"))

    first = functions.invoke("UpdateStatusFunction", backed_up)

    assert first["status"] == "processing"
    assert functions.invoke("UpdateStatusFunction", backed_up) == first


@pytest.mark.parametrize("status", ["cancelled", "shipped"])
def test_too_late_it_does_not_undo_what_a_person_did(functions: InProcess, status: str) -> None:
    order = walked(functions, functions.product(), until="UpdateStatus")
    url = f"/orders/{order['order_id']}"
    assert functions.api.put(url, json={"status": status}).status_code == 200

    del order["status"]
    late = functions.invoke("UpdateStatusFunction", order | {"status": "pending"})

    assert late["status"] == status
    assert functions.api.get(url).json()["status"] == status


def test_a_deleted_order_stays_deleted(functions: InProcess) -> None:
    backed_up = walked(functions, functions.product(), until=before("UpdateStatus"))
    functions.make_older(backed_up["order_id"])
    assert functions.api.delete(f"/orders/{backed_up['order_id']}").status_code == 200

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        functions.invoke("UpdateStatusFunction", backed_up)
