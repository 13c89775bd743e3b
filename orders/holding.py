"""The stock that one order holds: who moves an order locks these rows first."""

from orders.contracts import AcceptedOrder, FailingOrder, items_for_sql
from orders.errors import OrderAlreadySettled
from orders.model import ReservationStatus, merged
from orders.queries import Row, Sql


def holds(sql: Sql, order: AcceptedOrder | FailingOrder) -> bool:
    """Whether this very order holds its stock; locks it until the transaction ends.

    Another order under the same id (its name was forgotten by Step Functions, and used
    again) holds nothing here.
    """
    rows = sql.reservations.lock(order_id=order.order_id)
    return is_of(order, rows) and all(row["status"] == ReservationStatus.HELD for row in rows)


def require_held(sql: Sql, order: AcceptedOrder) -> None:
    """As `holds`; raises OrderAlreadySettled when it does not."""
    if not holds(sql, order):
        raise OrderAlreadySettled(order.order_id)


def is_of(order: AcceptedOrder | FailingOrder, rows: list[Row]) -> bool:
    """Whether these reservation rows are this very order's: its customer, items, quantities."""
    reserved = {row["product_id"]: row["quantity"] for row in rows}
    customers = {row["customer_id"] for row in rows}
    return reserved == merged(order.items) and customers == {order.customer_id}


def reservation(order: AcceptedOrder | FailingOrder) -> dict[str, str]:
    """The parameters of `hold` and `void` in sql/queries/reservations.sql."""
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "items": items_for_sql(order.items),
    }
