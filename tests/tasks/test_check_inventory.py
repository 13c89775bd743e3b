"""CheckInventory on the real database; what races runs in the workers of a stack."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running.builders import a_line, an_id, an_order
from tests.running.definition import before
from tests.running.in_process import InProcess
from tests.running.shop import Shop
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

    def outcome(order: dict[str, object]) -> str:
        try:
            shop.invoke("CheckInventoryFunction", order)
        except TaskFailed as failure:
            return failure.name
        return "taken"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(outcome, orders))
    assert outcomes == ["InsufficientStock"] * 7 + ["taken"]
    assert shop.stock(laptop) == 0


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
