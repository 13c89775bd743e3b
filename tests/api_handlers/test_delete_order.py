"""DELETE /orders/{order_id}: the order, its items, its stock and its backup."""

from tests.running.builders import a_line
from tests.running.in_process import InProcess


def test_a_deleted_order_is_gone_with_its_items_and_keeps_its_backup(
    functions: InProcess,
) -> None:
    product = functions.product(stock=10)
    order_id = functions.processed(a_line(product, 3))

    answer = functions.api.delete(f"/orders/{order_id}")

    assert (answer.status_code, answer.json()) == (
        200,
        {"message": "Order deleted successfully", "order_id": order_id},
    )
    functions.stop(order_id)
    assert functions.api.get(f"/orders/{order_id}").status_code == 404
    assert functions.api.delete(f"/orders/{order_id}").status_code == 404
    assert functions.item_rows(order_id) == []
    assert functions.stock(product) == 10
    assert len(functions.backups(order_id)) == 1


def test_deleting_a_shipped_order_brings_no_stock_back(functions: InProcess) -> None:
    product = functions.product(stock=10)
    order_id = functions.processed(a_line(product, 3))
    shipped = functions.api.put(f"/orders/{order_id}", json={"status": "shipped"})
    assert shipped.status_code == 200

    assert functions.api.delete(f"/orders/{order_id}").status_code == 200

    assert functions.stock(product) == 7


def test_no_table_names_the_customer_of_a_deleted_order(functions: InProcess) -> None:
    customer = "CUST-to-be-forgotten"
    order_id = functions.processed(a_line(functions.product()), customer_id=customer)
    assert tables_with(functions, customer) == {
        "accepted_orders",
        "inventory_reservations",
        "orders",
    }

    functions.api.delete(f"/orders/{order_id}").raise_for_status()

    assert tables_with(functions, customer) == set()


def tables_with(functions: InProcess, text: str) -> set[str]:
    """The tables with a row that holds the text in any column."""
    tables = functions.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {
        table["tablename"]
        for table in tables
        if functions.rows(
            f"SELECT FROM {table['tablename']} AS row WHERE CAST(row AS TEXT) LIKE :text LIMIT 1",
            text=f"%{text}%",
        )
    }
