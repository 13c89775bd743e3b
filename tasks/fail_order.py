"""FailOrder: the saga's compensation. Record the failure and give the stock back."""

from orders.compensation import compensate
from orders.documents.workflow import FailedOrder, FailingOrder
from orders.handlers import task
from orders.queries import transaction


@task(title="Records the order as failed and gives its stock back.")
def handler(order: FailingOrder) -> FailedOrder:
    """Compensate the order in one transaction, once, however often this runs.

    Right even when no step ran before it; changes nothing when the order has failed, was
    cancelled, shipped or deleted already.
    """
    with transaction() as sql:
        compensate(sql, order)
    return FailedOrder(order_id=order.order_id, failure=order.failure.with_readable_cause())
