"""An order's note: the row of `accepted_orders` that says what was accepted, and when."""

from orders.documents.workflow import AcceptedOrder
from orders.queries import Sql


def note(sql: Sql, order: AcceptedOrder) -> None:
    """Note the order as accepted, unless it is noted already.

    Waits for other transactions that have noted the order and have not ended yet. So a
    transaction that notes an order must not wait for anything else afterwards.
    """
    sql.accepted_orders.note(
        order_id=order.order_id, request=order.request, order_digest=order.digest
    )
