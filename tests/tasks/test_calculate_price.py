"""CalculatePrice on the real database."""

import pytest

from tests.running.shop import Shop, TaskFailed, a_line, an_id, an_order


def priced(shop: Shop, *lines: dict[str, object]) -> dict[str, object]:
    order = an_order(*lines) | {"order_id": an_id()}
    return shop.invoke("CalculatePriceFunction", order)


def test_prices_every_item_and_the_whole_without_binary_fractions(shop: Shop) -> None:
    laptop, mouse = shop.product(price="999.99"), shop.product(price="29.99")

    order = priced(shop, a_line(laptop, 2), a_line(mouse, 1))

    assert order["total_amount"] == "2029.97"
    assert order["items"] == [
        {"product_id": laptop, "quantity": 2, "price": "999.99"},
        {"product_id": mouse, "quantity": 1, "price": "29.99"},
    ]


@pytest.mark.parametrize("product", ["null", "NULL", "{a,b}", 'quote"d', "back\\slash", "é"])
def test_a_product_may_be_called_anything(shop: Shop, product: str) -> None:
    shop.rows("INSERT INTO inventory VALUES (:id, 'odd', 1) ON CONFLICT DO NOTHING", id=product)

    assert priced(shop, a_line(product))["total_amount"] == "1.00"


def test_names_every_unknown_product(shop: Shop) -> None:
    known = shop.product()

    with pytest.raises(TaskFailed) as failed:
        priced(shop, a_line("NOPE-2"), a_line(known), a_line("NOPE-1"))

    assert failed.value.name == "UnknownProduct"
    assert failed.value.message == "Unknown product: NOPE-1, NOPE-2"


def test_the_highest_total_that_the_table_holds_is_accepted(shop: Shop) -> None:
    product = shop.product(price="99999999.99")

    assert priced(shop, a_line(product, 1))["total_amount"] == "99999999.99"


def test_a_cent_more_is_refused(shop: Shop) -> None:
    product, cent = shop.product(price="99999999.99"), shop.product(price="0.01")

    with pytest.raises(TaskFailed) as failed:
        priced(shop, a_line(product, 1), a_line(cent, 1))

    assert failed.value.name == "TotalTooHigh"
    assert failed.value.message == "Total 100000000.00 is over 99999999.99"
