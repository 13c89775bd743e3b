"""Lists the open orders that a run looks at, so that none keeps others waiting for good."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import takewhile

from operations.reconciler.limits import Limits
from orders.queries import transaction
from orders.statements import OpenOrdersRow

PAGE_SIZE = 100
"""How many open orders are read in one query."""


def open_orders(older_than: float, limits: Limits) -> Iterator[str]:
    """The ids of open orders that were accepted at least `older_than` seconds ago, each once.

    The oldest PAGE_SIZE come first, and the others from a random one on. In an outage thousands may
    be running, more than a run can look at; without the random start, each run would look at the
    same ones. Raises DatabaseUnavailable and OutOfTime.
    """
    oldest = _page(older_than, None, limits)
    yield from (row["order_id"] for row in oldest)
    if len(oldest) < PAGE_SIZE:
        return
    begin = _any_after(oldest[-1])
    yield from (row["order_id"] for row in _after(begin, older_than, limits))
    between = _after(oldest[-1], older_than, limits)
    yield from (
        row["order_id"] for row in takewhile(lambda row: _place(row) <= _place(begin), between)
    )


def _any_after(row: OpenOrdersRow) -> OpenOrdersRow:
    """A random place in the list between this row and now."""
    age = datetime.now(UTC).replace(tzinfo=None) - row["accepted_at"]
    later = row["accepted_at"] + random.random() * age  # noqa: S311 - chance, no secret
    return {"order_id": row["order_id"], "accepted_at": later}


def _place(row: OpenOrdersRow) -> tuple[datetime, str]:
    return row["accepted_at"], row["order_id"]


def _after(row: OpenOrdersRow, older_than: float, limits: Limits) -> Iterator[OpenOrdersRow]:
    """The open orders after this one, oldest first, read page by page."""
    while page := _page(older_than, row, limits):
        yield from page
        row = page[-1]


def _page(older_than: float, after: OpenOrdersRow | None, limits: Limits) -> list[OpenOrdersRow]:
    limits.check()
    with transaction(before=limits.check) as sql:
        return sql.accepted_orders.open_orders(
            older_than=older_than,
            after_time=after and after["accepted_at"],
            after_id=after and after["order_id"],
            row_limit=PAGE_SIZE,
        )
