"""Statuses and their allowed moves, merging of lines, totals. Pure: no I/O."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from orders.errors import MoveNotAllowed, TotalTooHigh

NO_MONEY = Decimal("0.00")
HIGHEST_TOTAL = Decimal("99999999.99")
"""The highest amount that the tables' DECIMAL(10,2) holds."""


class OrderStatus(StrEnum):
    """The six statuses of an order (docs/contract.md, "Status values")."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ReservationStatus(StrEnum):
    """What became of the stock that an order reserved (sql/migrations/0003)."""

    HELD = "held"
    RELEASED = "released"
    SHIPPED = "shipped"


_MOVES = {
    OrderStatus.PENDING: {OrderStatus.PROCESSING, OrderStatus.CANCELLED, OrderStatus.FAILED},
    OrderStatus.PROCESSING: {OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.FAILED},
    OrderStatus.SHIPPED: {OrderStatus.DELIVERED},
}


def require_move(present: OrderStatus, wanted: OrderStatus) -> None:
    """Raise MoveNotAllowed unless docs/contract.md, "Moves", lists the move."""
    if wanted not in _MOVES.get(present, set()):
        raise MoveNotAllowed(present, wanted)


class Line(Protocol):
    """A product and how many pieces of it."""

    @property
    def product_id(self) -> str:
        """Which product."""

    @property
    def quantity(self) -> int:
        """How many pieces."""


class PricedLine(Line, Protocol):
    """A line whose price for one piece is known."""

    @property
    def price(self) -> Decimal:
        """Price of one piece."""


def merged(lines: Iterable[Line]) -> dict[str, int]:
    """Quantity by product id, in product order: two lines of one product become one."""
    quantities: Counter[str] = Counter()
    for line in lines:
        quantities[line.product_id] += line.quantity
    return dict(sorted(quantities.items()))


def total_of(lines: Iterable[PricedLine]) -> Decimal:
    """The price of all lines together; raises TotalTooHigh when DECIMAL(10,2) cannot hold it."""
    total = sum((line.price * line.quantity for line in lines), NO_MONEY)
    if total > HIGHEST_TOTAL:
        raise TotalTooHigh(total)
    return total
