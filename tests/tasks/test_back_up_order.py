"""BackUpOrder into the bucket."""

from tests.running.definition import before
from tests.running.in_process import InProcess
from tests.running.walking import walked


def test_the_document_is_the_order_as_the_api_shows_it(functions: InProcess) -> None:
    order = walked(functions, functions.product(price="10.05"), until="BackUpOrder", quantity=3)

    (backup,) = functions.backups(order["order_id"])
    assert backup["document"] == functions.api.get(f"/orders/{order['order_id']}").json()
    assert backup["document"]["total_amount"] == 30.15


def test_the_key_is_the_orders_day_and_id_and_the_object_is_encrypted(functions: InProcess) -> None:
    order = walked(functions, functions.product(), until="BackUpOrder")

    (backup,) = functions.backups(order["order_id"])
    day = order["created_at"][:10].replace("-", "/")
    assert backup["key"] == f"orders/{day}/{order['order_id']}.json" == order["backup_key"]
    assert backup["head"]["ServerSideEncryption"] == "AES256"
    assert backup["head"]["ContentType"] == "application/json"


def test_a_second_run_writes_the_same_object(functions: InProcess) -> None:
    stored = walked(functions, functions.product(), until=before("BackUpOrder"))

    first = functions.invoke("BackUpOrderFunction", stored)

    assert functions.invoke("BackUpOrderFunction", stored) == first
    assert len(functions.backups(stored["order_id"])) == 1
