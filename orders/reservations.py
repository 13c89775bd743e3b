"""An order's reservation: the stock that it holds, held, released or shipped.

Whoever moves an order locks its reservation rows first, in product order, so that tasks, API
calls and the reconciler can neither deadlock nor overtake each other.
"""

from orders.documents.workflow import AcceptedOrder, items_for_sql
from orders.errors import OrderAlreadySettled
from orders.model import ReservationStatus, merged
from orders.queries import Row, Sql


def is_held(sql: Sql, order: AcceptedOrder) -> bool:
    """Whether this order holds its stock; locks its reservation until the transaction ends.

    False as well when the id belongs to another order: Step Functions forgets an execution's
    name after 90 days, so that it can be used again.
    """
    rows = sql.reservations.lock(order_id=order.order_id)
    return belongs_to(order, rows) and all(row["status"] == ReservationStatus.HELD for row in rows)


def require_held(sql: Sql, order: AcceptedOrder) -> None:
    """Lock the order's reservation; raises OrderAlreadySettled unless its stock is held."""
    if not is_held(sql, order):
        raise OrderAlreadySettled(order.order_id)


def belongs_to(order: AcceptedOrder, rows: list[Row]) -> bool:
    """Whether these reservation rows are this order's: its customer, products and quantities."""
    reserved = {row["product_id"]: row["quantity"] for row in rows}
    customers = {row["customer_id"] for row in rows}
    return reserved == merged(order.items) and customers == {order.customer_id}


def reservation_of(order: AcceptedOrder) -> dict[str, str]:
    """The parameters of `hold` and `insert_released` in sql/queries/reservations.sql."""
    return {
        "order_id": order.order_id,
        "customer_id": order.customer_id,
        "items": items_for_sql(order.items),
    }
