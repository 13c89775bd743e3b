"""The backup bucket in S3: one JSON document for each order, in the shape of GET /orders/{id}."""

from datetime import datetime
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError

from orders.aws_errors import CLIENT_CONFIG, aws_errors_as
from orders.documents.api import OrderDetails
from orders.documents.fields import as_json
from orders.errors import BackupUnavailable
from orders.permissions import BACKUPS, BUCKET, needs
from orders.settings import settings


def backup_key(order_id: str, created_at: datetime) -> str:
    """The key of an order's backup, `orders/YYYY/MM/DD/{order_id}.json`."""
    return f"{backup_prefix(created_at)}{order_id}.json"


def backup_prefix(day: datetime) -> str:
    """What the keys of a day's backups start with."""
    return f"orders/{day:%Y/%m/%d}/"


@needs("s3:PutObject", on=BACKUPS)
def put_backup(order: OrderDetails) -> str:
    """Put the order's backup into the bucket, encrypted; returns its key.

    Idempotent: the key comes from the order alone. Raises BackupUnavailable.
    """
    key = backup_key(order.order_id, order.created_at)
    with aws_errors_as(BackupUnavailable):
        _s3().put_object(
            Bucket=settings().s3_bucket,
            Key=key,
            Body=as_json(order).encode(),
            ContentType="application/json",
            ServerSideEncryption="AES256",
        )
    return key


@needs("s3:GetObject", on=BACKUPS)
@needs("s3:ListBucket", on=BUCKET)
def backup_exists(order_id: str, created_at: datetime) -> bool:
    """Whether the order's backup is in the bucket; raises BackupUnavailable."""
    with aws_errors_as(BackupUnavailable):
        try:
            _s3().head_object(Bucket=settings().s3_bucket, Key=backup_key(order_id, created_at))
        except ClientError as error:
            if error.response["Error"]["Code"] != "404":
                raise
            return False
    return True


@needs("s3:ListBucket", on=BUCKET)
def backup_keys(prefix: str) -> set[str]:
    """The keys in the bucket that start with the prefix; raises BackupUnavailable."""
    with aws_errors_as(BackupUnavailable):
        pages = (
            _s3()
            .get_paginator("list_objects_v2")
            .paginate(Bucket=settings().s3_bucket, Prefix=prefix)
        )
        return {str(entry["Key"]) for page in pages for entry in page.get("Contents", ())}


@cache
def _s3() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("s3", config=CLIENT_CONFIG)
