"""The time window of an audit, and the reads that the reconciler and the doctor share."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from pydantic import Field

from orders.backups import backup_key, backup_keys, backup_prefix
from orders.documents.fields import Document
from orders.queries import Sql
from orders.statements import PastBackupRow


class Window(Document):
    """Which orders to look at.

    `older_than`: orders that were accepted less than this many seconds ago are skipped, because
    their workflows are likely to be running. `hours`: how far back executions and backups are
    looked at; Step Functions keeps executions for 90 days.
    """

    older_than: float = Field(default=60, ge=0, le=86_400)
    hours: float = Field(default=24, gt=0, le=90 * 24)

    @property
    def since(self) -> datetime:
        """The moment `hours` ago, in UTC, with its offset."""
        return datetime.now(UTC) - timedelta(hours=self.hours)


def executions_without_rows(sql: Sql, names: Iterable[str]) -> list[str]:
    """Those of the execution names (order ids) that occur in no table."""
    rows = sql.audit.executions_without_rows(order_ids=json.dumps(list(names)))
    return [row["order_id"] for row in rows]


def past_backup(sql: Sql, since: datetime) -> list[PastBackupRow]:
    """Orders created since then that have passed BackUpOrder."""
    return sql.audit.past_backup(since=since.astimezone(UTC).replace(tzinfo=None))


def without_backup(rows: list[PastBackupRow]) -> list[str]:
    """Ids of the orders whose backup is missing from the bucket; raises BackupUnavailable.

    This lists the bucket day by day, at 1000 keys a call, instead of asking for each backup.
    """
    days = {backup_prefix(row["created_at"]) for row in rows}
    present = {key for day in sorted(days) for key in backup_keys(day)}
    return [
        row["order_id"]
        for row in rows
        if backup_key(row["order_id"], row["created_at"]) not in present
    ]
