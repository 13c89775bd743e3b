"""What an order may do: statuses and their moves, stock, money. Pure: no I/O."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from orders.errors import MoveNotAllowed, TotalTooHigh

NO_MONEY = Decimal("0.00")
HIGHEST_TOTAL = Decimal("99999999.99")
"""What DECIMAL(10,2) holds."""


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    FAILED = "failed"


class ReservationStatus(StrEnum):
    """What became of the stock an order took; see sql/migrations/0003."""

    HELD = "held"
    RELEASED = "released"
    SHIPPED = "shipped"


_MOVES = {
    OrderStatus.PENDING: {OrderStatus.PROCESSING, OrderStatus.CANCELLED, OrderStatus.FAILED},
    OrderStatus.PROCESSING: {OrderStatus.SHIPPED, OrderStatus.CANCELLED, OrderStatus.FAILED},
    OrderStatus.SHIPPED: {OrderStatus.DELIVERED},
}


def require_move(present: OrderStatus, wanted: OrderStatus) -> None:
    """Raise MoveNotAllowed unless the contract lists the move."""
    if wanted not in _MOVES.get(present, set()):
        raise MoveNotAllowed(present, wanted)


def backup_key(order_id: str, created_at: datetime) -> str:
    """Where in the bucket an order's backup is: under its day and id."""
    return f"{backup_prefix(created_at)}{order_id}.json"


def backup_prefix(day: datetime) -> str:
    """What the keys of a day's backups start with."""
    return f"orders/{day:%Y/%m/%d}/"


class Line(Protocol):
    """So many pieces of one product."""

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
    """Pieces by product, in product order: two lines of one product become one."""
    pieces: Counter[str] = Counter()
    for line in lines:
        pieces[line.product_id] += line.quantity
    return dict(sorted(pieces.items()))


def total_of(lines: Iterable[PricedLine]) -> Decimal:
    """What the lines cost together; raises TotalTooHigh over DECIMAL(10,2)."""
    total = sum((line.price * line.quantity for line in lines), NO_MONEY)
    if total > HIGHEST_TOTAL:
        raise TotalTooHigh(total)
    return total
