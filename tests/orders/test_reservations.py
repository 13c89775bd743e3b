"""Whose a reservation is, and in which order stock is locked."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from decimal import Decimal

import pytest
from pg8000.native import Connection

from orders.database import connect
from orders.documents.workflow import PricedOrder
from orders.errors import OrderAlreadySettled
from orders.queries import Sql, transaction
from orders.reservations import belongs_to, hold, insert_released, is_held, require_held
from orders.settings import database_settings
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.waiting import eventually


def a_priced_order(*lines: Document, **changes: object) -> PricedOrder:
    items = [line | {"price": "1.00"} for line in lines]
    document = an_order(*items) | {"order_id": an_id(), "total_amount": "1.00"}
    return PricedOrder.model_validate(document | changes)


def test_a_reservation_is_written_once(functions: InProcess) -> None:
    order = a_priced_order(a_line("A", 2))

    with transaction() as sql:
        assert hold(sql, order)
        assert not hold(sql, order)
        assert not insert_released(sql, order)
        assert is_held(sql, order)


@pytest.mark.parametrize(
    "change",
    [
        {"customer_id": "CUST002"},
        {"items": [a_line("A", 3) | {"price": "1.00"}]},
        {"items": [a_line("B", 2) | {"price": "1.00"}]},
    ],
)
def test_another_order_under_the_same_id_holds_nothing(
    functions: InProcess, change: Document
) -> None:
    order = a_priced_order(a_line("A", 2))
    other = a_priced_order(a_line("A", 2), order_id=order.order_id, **change)

    with transaction() as sql:
        hold(sql, order)
        assert not is_held(sql, other)
        with pytest.raises(OrderAlreadySettled, match=order.order_id):
            require_held(sql, other)


def test_a_reservation_with_another_digest_is_another_orders(functions: InProcess) -> None:
    order = a_priced_order(a_line("A", 2))
    with transaction() as sql:
        hold(sql, order)
        rows = sql.reservations.lock(order_id=order.order_id)

    assert belongs_to(order, rows)
    assert belongs_to(order, [row | {"order_digest": None} for row in rows]), "older than digests"
    assert not belongs_to(order, [row | {"order_digest": "0" * 64} for row in rows])
    assert not belongs_to(order, [])


def test_a_released_reservation_is_not_held(functions: InProcess) -> None:
    order = a_priced_order(a_line("A", 2))

    with transaction() as sql:
        assert insert_released(sql, order)
        assert not is_held(sql, order)


# Locks.


@contextmanager
def connected() -> Iterator[Connection]:
    with closing(connect(database_settings())) as connection:
        yield connection


@pytest.mark.parametrize("statement", ["take_stock", "give_back"])
def test_stock_is_locked_in_product_order_so_that_two_orders_cannot_deadlock(
    functions: InProcess, statement: str
) -> None:
    """All rows lie on the disk in the opposite order, which a plain scan would follow."""
    prefix = an_id()[:8]
    products = [f"{prefix}-{number}" for number in range(6)]
    order_id = an_id()
    for product in reversed(products):
        functions.rows("INSERT INTO inventory VALUES (:id, 'x', 1, 9)", id=product)
        functions.rows(
            "INSERT INTO inventory_reservations (order_id, customer_id, product_id, quantity,"
            " status) VALUES (:id, 'C', :product, 1, 'held')",
            id=order_id,
            product=product,
        )
    with connected() as first, connected() as second, ThreadPoolExecutor(1) as thread:
        first.run("BEGIN")
        first.run("SELECT FROM inventory WHERE product_id = :id FOR UPDATE", id=products[0])
        ((pid,),) = second.run("SELECT pg_backend_pid()")
        second.run("BEGIN")
        waiting = thread.submit(getattr(Sql(second).inventory, statement), order_id=order_id)
        eventually(lambda: assert_waits_for_a_lock(functions, pid))

        free = functions.rows(
            "SELECT product_id FROM inventory WHERE product_id LIKE :p FOR UPDATE SKIP LOCKED",
            p=f"{prefix}-%",
        )

        first.run("ROLLBACK")
        waiting.result()
        second.run("ROLLBACK")
    assert {row["product_id"] for row in free} == set(products[1:])


def assert_waits_for_a_lock(functions: InProcess, pid: int) -> None:
    (row,) = functions.rows("SELECT wait_event_type FROM pg_stat_activity WHERE pid = :p", p=pid)
    assert row["wait_event_type"] == "Lock"


def test_given_back_stock_comes_back_once(functions: InProcess) -> None:
    product = functions.product(stock=5)
    order = a_priced_order(a_line(product, 2), total_amount=Decimal(2))

    with transaction() as sql:
        hold(sql, order)
        sql.inventory.take_stock(order_id=order.order_id)
        sql.inventory.give_back(order_id=order.order_id)
        sql.inventory.give_back(order_id=order.order_id)

    assert functions.stock(product) == 5
