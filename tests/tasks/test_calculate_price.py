"""CalculatePrice on the real database."""

import pytest

from tests.running.builders import a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.walking import TaskFailed


def priced(functions: InProcess, *lines: dict[str, object]) -> dict[str, object]:
    order = an_order(*lines) | {"order_id": an_id()}
    return functions.invoke("CalculatePriceFunction", order)


def test_prices_every_item_and_the_whole_without_binary_fractions(functions: InProcess) -> None:
    laptop, mouse = functions.product(price="999.99"), functions.product(price="29.99")

    order = priced(functions, a_line(laptop, 2), a_line(mouse, 1))

    assert order["total_amount"] == "2029.97"
    assert order["items"] == [
        {"product_id": laptop, "quantity": 2, "price": "999.99"},
        {"product_id": mouse, "quantity": 1, "price": "29.99"},
    ]


@pytest.mark.parametrize("product", ["null", "NULL", "{a,b}", 'quote"d', "back\\slash", "é"])
def test_a_product_may_be_called_anything(functions: InProcess, product: str) -> None:
    functions.rows(
        "INSERT INTO inventory VALUES (:id, 'odd', 1) ON CONFLICT DO NOTHING", id=product
    )

    assert priced(functions, a_line(product))["total_amount"] == "1.00"


def test_names_every_unknown_product(functions: InProcess) -> None:
    known = functions.product()

    with pytest.raises(TaskFailed) as failed:
        priced(functions, a_line("NOPE-2"), a_line(known), a_line("NOPE-1"))

    assert failed.value.name == "UnknownProduct"
    assert failed.value.message == "Unknown product: NOPE-1, NOPE-2"


def test_the_highest_total_that_the_table_holds_is_accepted(functions: InProcess) -> None:
    product = functions.product(price="99999999.99")

    assert priced(functions, a_line(product, 1))["total_amount"] == "99999999.99"


def test_a_cent_more_is_refused(functions: InProcess) -> None:
    product, cent = functions.product(price="99999999.99"), functions.product(price="0.01")

    with pytest.raises(TaskFailed) as failed:
        priced(functions, a_line(product, 1), a_line(cent, 1))

    assert failed.value.name == "TotalTooHigh"
    assert failed.value.message == "Total 100000000.00 is over 99999999.99"
