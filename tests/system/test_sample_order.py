"""The example order of sql/seed.sql, on a stack with fresh data."""

from tests.running.builders import a_line
from tests.running.stacks import a_running_stack


def test_the_example_of_the_seed_is_processed(starts_a_stack: None) -> None:
    with a_running_stack() as shop:
        order_id = shop.create(a_line("PROD001", 2), a_line("PROD002", 1))
        assert shop.end(order_id)["status"] == "SUCCEEDED"

        order = shop.api.get(f"/orders/{order_id}").json()
        assert (order["status"], order["total_amount"]) == ("processing", 2029.97)
        assert order["items"] == [
            {"product_id": "PROD001", "quantity": 2, "price": 999.99},
            {"product_id": "PROD002", "quantity": 1, "price": 29.99},
        ]
        assert (shop.stock("PROD001"), shop.stock("PROD002")) == (48, 99)
        (backup,) = shop.backups(order_id)
        # The backup is made before UpdateStatus.
        assert backup["document"] == order | {"status": "pending"}
