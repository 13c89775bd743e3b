"""BackUpOrder: put the order's backup into the S3 bucket."""

from orders.backups import put_backup
from orders.documents.api import OrderDetails
from orders.documents.workflow import BackedUpOrder, StoredOrder
from orders.errors import BackupUnavailable
from orders.handlers import task


@task(title="Puts the order's backup into the bucket.", raises=(BackupUnavailable,))
def handler(order: StoredOrder) -> BackedUpOrder:
    """Back the order up in the shape of GET /orders/{order_id}.

    Idempotent: a second run replaces the same object. Raises BackupUnavailable.
    """
    backup = order.model_dump(include=set(OrderDetails.model_fields))
    key = put_backup(OrderDetails.model_validate(backup))
    return BackedUpOrder(**order.model_dump(), backup_key=key)
