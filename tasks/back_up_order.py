"""BackUpOrder: the order's document goes to S3."""

from orders.aws import put_backup
from orders.contracts import BackedUpOrder, OrderDetails, StoredOrder, as_json
from orders.entry import task
from orders.model import backup_key


@task
def handler(order: StoredOrder) -> BackedUpOrder:
    """Put the API's own shape of the order into the bucket, under its day and id.

    The key comes from the order alone, so that a second run writes the same object.
    Raises BackupUnavailable.
    """
    key = backup_key(order.order_id, order.created_at)
    put_backup(key, as_json(OrderDetails.model_validate(order.model_dump())))
    return BackedUpOrder(**order.model_dump(), backup_key=key)
