"""Statuses, merging, totals: pure rules."""

from decimal import Decimal
from itertools import product
from typing import NamedTuple

import pytest

from orders.errors import MoveNotAllowed, TotalTooHigh
from orders.model import HIGHEST_TOTAL, OrderStatus, merged, require_move, total_of

MOVES = {
    ("pending", "processing"),
    ("pending", "cancelled"),
    ("pending", "failed"),
    ("processing", "shipped"),
    ("processing", "cancelled"),
    ("processing", "failed"),
    ("shipped", "delivered"),
}
"""docs/contract.md, "Moves"."""


class Line(NamedTuple):
    product_id: str
    quantity: int
    price: Decimal = Decimal("0.00")


@pytest.mark.parametrize(("present", "wanted"), list(product(OrderStatus, OrderStatus)))
def test_the_contracts_moves_and_no_others_are_allowed(
    present: OrderStatus, wanted: OrderStatus
) -> None:
    if (present.value, wanted.value) in MOVES:
        require_move(present, wanted)
    else:
        with pytest.raises(MoveNotAllowed, match=f"from {present} to {wanted}"):
            require_move(present, wanted)


def test_lines_of_one_product_become_one_and_products_are_sorted() -> None:
    assert list(merged([Line("B", 1), Line("A", 2), Line("B", 3)]).items()) == [("A", 2), ("B", 4)]


def test_a_total_is_exact_to_the_cent() -> None:
    assert total_of([Line("A", 3, Decimal("0.10")), Line("B", 1, Decimal("29.99"))]) == Decimal(
        "30.29"
    )


def test_the_highest_total_is_what_the_tables_hold() -> None:
    assert total_of([Line("A", 1, HIGHEST_TOTAL)]) == HIGHEST_TOTAL
    with pytest.raises(TotalTooHigh, match=r"Total 100000000\.00 is over 99999999\.99"):
        total_of([Line("A", 1, HIGHEST_TOTAL), Line("B", 1, Decimal("0.01"))])
