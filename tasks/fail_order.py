"""FailOrder: record the failure and give the stock back, whatever happened before."""

from orders.contracts import FailedOrder, FailingOrder
from orders.entry import task
from orders.queries import transaction
from orders.settling import fail


@task
def handler(order: FailingOrder) -> FailedOrder:
    """Settle the order as failed, in one transaction, once.

    Right even if nothing happened before it; does nothing when the order was settled
    already (failed, cancelled, shipped or deleted), so that a late run changes nothing.
    """
    with transaction() as sql:
        fail(sql, order)
    return FailedOrder(order_id=order.order_id, failure=order.failure.told())
