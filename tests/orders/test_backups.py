"""The backup bucket, in moto's S3."""

from datetime import datetime

import pytest

from orders import backups
from orders.documents.api import OrderDetails
from orders.errors import BackupUnavailable
from orders.settings import settings
from tests.running.builders import an_id
from tests.running.in_process import InProcess


def an_order(order_id: str) -> OrderDetails:
    return OrderDetails.model_validate(
        {
            "order_id": order_id,
            "customer_id": "C",
            "total_amount": "10.50",
            "status": "pending",
            "created_at": "2024-01-24T10:30:00",
            "items": [],
        }
    )


def test_a_key_is_made_of_the_orders_day_and_id() -> None:
    created_at = datetime.fromisoformat("2024-01-24T10:30:00")

    assert backups.backup_key("O-1", created_at) == "orders/2024/01/24/O-1.json"


def test_the_backups_of_a_day_are_found_by_their_prefix(functions: InProcess) -> None:
    key = backups.put_backup(an_order(an_id()))

    assert key in backups.backup_keys("orders/2024/01/24/")
    assert key not in backups.backup_keys("orders/2024/01/25/")


def test_a_bucket_that_is_gone_is_an_outage(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("S3_BUCKET", "gone")
    settings.cache_clear()

    with pytest.raises(BackupUnavailable, match="NoSuchBucket"):
        backups.put_backup(an_order(an_id()))
    with pytest.raises(BackupUnavailable, match="NoSuchBucket"):
        backups.backup_keys("orders/")

    monkeypatch.undo()
    settings.cache_clear()
