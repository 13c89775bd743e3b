"""An order's reservation: one row per product, with the quantity that the order took.

A row is held, released or shipped. Transactions that change an order lock its rows first, in
product order, so that tasks, API calls and the reconciler run one after the other and cannot
deadlock. UpdateStatus needs no such lock: it is one conditional UPDATE.
"""

from collections.abc import Sequence

from orders.documents.workflow import AcceptedOrder
from orders.errors import OrderAlreadySettled
from orders.model import ReservationStatus, merged
from orders.queries import Sql
from orders.statements import LockRow


def is_held(sql: Sql, order: AcceptedOrder) -> bool:
    """Whether this order holds its stock; locks its reservation until the transaction ends.

    Also False when the reservation is that of another order with the same id: Step Functions
    forgets an execution's name after 90 days, and then a new execution can have it.
    """
    rows = sql.reservations.lock(order_id=order.order_id)
    return belongs_to(order, rows) and all(row["status"] == ReservationStatus.HELD for row in rows)


def require_held(sql: Sql, order: AcceptedOrder) -> None:
    """Lock the order's reservation; raises OrderAlreadySettled unless its stock is held."""
    if not is_held(sql, order):
        raise OrderAlreadySettled(order.order_id)


def belongs_to(order: AcceptedOrder, rows: Sequence[LockRow]) -> bool:
    """Whether these reservation rows are this order's: its customer, products, quantities, digest.

    Rows older than sql/migrations/0006 have no digest; those of a deleted order have no customer.
    """
    reserved = {row["product_id"]: row["quantity"] for row in rows}
    return reserved == merged(order.items) and all(
        row["customer_id"] in (None, order.customer_id)
        and row["order_digest"] in (None, order.digest)
        for row in rows
    )


def hold(sql: Sql, order: AcceptedOrder) -> bool:
    """Write the order's reservation; returns False when its id has one already.

    When another order is reserved under the same id at the same time, the transaction that
    commits second fails (sql/migrations/0007, a transient error); its repetition returns False.
    """
    return _reserve(sql, order, ReservationStatus.HELD)


def insert_released(sql: Sql, order: AcceptedOrder) -> bool:
    """Write a reservation that holds nothing; returns False when the order's id has one already.

    A late CheckInventory finds it, and takes no stock.
    """
    return _reserve(sql, order, ReservationStatus.RELEASED)


def _reserve(sql: Sql, order: AcceptedOrder, status: ReservationStatus) -> bool:
    return bool(
        sql.reservations.reserve(
            order_document=order.model_dump_json(),
            order_digest=order.digest,
            reservation_status=status,
        )
    )
