"""CheckInventory on the real database; what races runs in the workers of a stack."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress

import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from orders.database import connect
from orders.documents.workflow import PricedOrder
from orders.queries import Sql
from orders.reservations import hold
from orders.settings import database_settings
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.definition import before
from tests.running.in_process import InProcess
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import TaskFailed, failing, walked


def test_takes_the_stock(functions: InProcess) -> None:
    product = functions.product(stock=10)

    order = walked(functions, product, until="CheckInventory", quantity=3)

    assert functions.stock(product) == 7
    assert functions.reservations(order["order_id"]) == {"held"}


def test_takes_it_once_however_often_it_runs(functions: InProcess) -> None:
    product = functions.product(stock=10)
    priced = walked(functions, product, until=before("CheckInventory"), quantity=3)

    first = functions.invoke("CheckInventoryFunction", priced)
    second = functions.invoke("CheckInventoryFunction", priced)

    assert first == second
    assert functions.stock(product) == 7


def test_takes_it_once_when_it_runs_twice_at_the_same_time(shop: Shop) -> None:
    product = shop.product(stock=10)
    priced = walked(shop, product, until=before("CheckInventory"), quantity=3)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: shop.invoke("CheckInventoryFunction", priced), range(8)))

    assert shop.stock(product) == 7


def test_one_short_product_takes_nothing_of_the_others(functions: InProcess) -> None:
    plenty, scarce = functions.product(stock=10), functions.product(stock=1)
    lines = (a_line(plenty, 2), a_line(scarce, 2))
    priced = functions.invoke("CalculatePriceFunction", an_order(*lines) | {"order_id": an_id()})

    with pytest.raises(TaskFailed) as failed:
        functions.invoke("CheckInventoryFunction", priced)

    assert failed.value.name == "InsufficientStock"
    assert failed.value.message == f"Not enough stock of {scarce}: 2 wanted, 1 in stock"
    assert (functions.stock(plenty), functions.stock(scarce)) == (10, 1)
    assert functions.reservations(priced["order_id"]) == set()


def test_two_orders_for_the_last_laptop_sell_it_once(shop: Shop) -> None:
    laptop = shop.product(stock=1)
    orders = [walked(shop, laptop, until=before("CheckInventory")) for _ in range(8)]

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(lambda order: outcome(shop, order), orders))
    assert outcomes == ["InsufficientStock"] * 7 + ["taken"]
    assert shop.stock(laptop) == 0


def test_stock_that_comes_back_while_it_waits_for_the_row_is_taken(functions: InProcess) -> None:
    product = functions.product(stock=2)
    holding = walked(functions, product, until="CheckInventory", quantity=2)
    priced = walked(functions, product, until=before("CheckInventory"), quantity=2)
    with connected() as cancelling, ThreadPoolExecutor(1) as thread:
        cancelling.run("BEGIN")
        Sql(cancelling).inventory.give_back(order_id=holding["order_id"])
        waiting = thread.submit(functions.invoke, "CheckInventoryFunction", priced)
        eventually(lambda: assert_waits(functions))
        cancelling.run("COMMIT")
        waiting.result()

    assert functions.stock(product) == 0
    assert functions.reservations(priced["order_id"]) == {"held"}


@pytest.mark.parametrize("shared", [True, False], ids=["shared product", "other products"])
def test_of_two_orders_with_one_id_at_the_same_time_only_one_takes_stock(
    functions: InProcess,
    shared: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    products = [functions.product(stock=10) for _ in range(4)]
    one = priced_order(functions, an_id(), *products[:2])
    other = priced_order(functions, one["order_id"], *products[1 if shared else 2 :][:2])
    with connected() as connection, ThreadPoolExecutor(1) as thread:
        connection.run("BEGIN")
        assert hold(Sql(connection), PricedOrder.model_validate(one))
        Sql(connection).inventory.take_stock(order_id=one["order_id"])
        racing = thread.submit(outcome, functions, other)
        eventually(lambda: None if racing.done() else assert_waits(functions))
        with suppress(DatabaseError):  # the one that commits second is rolled back
            connection.run("COMMIT")
        racing.result()

    assert sorted([outcome(functions, one), outcome(functions, other)]) == [
        "OrderAlreadySettled",
        "taken",
    ]
    assert sum(functions.stock(product) for product in products) == 40 - 2
    assert len(functions.rows(RESERVED, id=one["order_id"])) == 2


RESERVED = "SELECT FROM inventory_reservations WHERE order_id = :id"


def priced_order(functions: InProcess, order_id: str, *products: str) -> Document:
    lines = [a_line(product) for product in products]
    return functions.invoke("CalculatePriceFunction", an_order(*lines) | {"order_id": order_id})


def outcome(shop: Shop | InProcess, order: dict[str, object]) -> str:
    try:
        shop.invoke("CheckInventoryFunction", order)
    except TaskFailed as failure:
        return failure.name
    return "taken"


@contextmanager
def connected() -> Iterator[Connection]:
    with closing(connect(database_settings())) as connection:
        yield connection


def assert_waits(functions: InProcess) -> None:
    waiting = functions.rows("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    assert waiting


def test_orders_that_want_the_same_products_in_another_order_do_not_deadlock(
    shop: Shop,
) -> None:
    one, other = shop.product(), shop.product()

    def order(lines: list[dict[str, object]]) -> dict[str, object]:
        document = an_order(*lines) | {"order_id": an_id()}
        priced = shop.invoke("CalculatePriceFunction", document)
        return shop.invoke("CheckInventoryFunction", priced)

    lines = [a_line(one), a_line(other)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(order, [lines, lines[::-1]] * 12))

    assert (shop.stock(one), shop.stock(other)) == (76, 76)


def test_too_late_after_the_order_failed_it_takes_nothing(functions: InProcess) -> None:
    product = functions.product(stock=10)
    priced = walked(functions, product, until=before("CheckInventory"))
    functions.invoke("FailOrderFunction", failing(priced))

    with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
        functions.invoke("CheckInventoryFunction", priced)

    assert functions.stock(product) == 10
