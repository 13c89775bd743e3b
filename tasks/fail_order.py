"""FailOrder: the saga's compensation. Record the failure and give the stock back."""

from orders import changes
from orders.compensation import compensate
from orders.documents.workflow import FailedOrder, FailingOrder
from orders.handlers import task
from orders.queries import transaction


@task(title="Records the order as failed and gives its stock back.")
def handler(order: FailingOrder) -> FailedOrder:
    """Compensate the order in one transaction, once, however often this runs.

    It does not matter which steps ran before. An order that has failed, or was cancelled,
    shipped or deleted, is not changed.
    """
    with transaction() as sql:
        done = compensate(sql, order)
    if done:
        changes.compensated(order, done)
    return FailedOrder(order_id=order.order_id, failure=order.failure.with_readable_cause())
