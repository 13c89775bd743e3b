"""What PostgreSQL, Step Functions and S3 say of the same orders: reads, and compares."""

import argparse
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field, ValidationError

from orders.backups import backup_key, backup_keys, backup_prefix
from orders.documents.fields import Document
from orders.documents.workflow import AcceptedOrder
from orders.queries import Sql
from orders.statements import PastBackupRow


class Window(Document):
    """Which orders are looked at.

    Open orders younger than `older_than` seconds are left alone: DescribeExecution is
    eventually consistent, and may not know an execution that just began. `hours`: how far
    back executions and backups are looked at (Step Functions remembers 90 days).
    """

    older_than: float = Field(default=60, ge=0, le=86_400)
    hours: float = Field(default=24, gt=0, le=90 * 24)

    @property
    def since(self) -> datetime:
        """The moment so many hours ago, with its offset."""
        return datetime.now(UTC) - timedelta(hours=self.hours)


def add_window(parser: argparse.ArgumentParser) -> None:
    """The command line's way to say a Window."""
    add: Any = parser.add_argument
    add("--older-than", type=float, default=60, help="leave younger open orders, in seconds (60)")
    add("--hours", type=float, default=24, help="how far back executions and backups count (24)")


def fault_in(error: ValidationError) -> str:
    """What is wrong with what the command line said."""
    fault = error.errors()[0]
    return f"--{str(fault['loc'][0]).replace('_', '-')}: {fault['msg']}"


def executions_without_rows(sql: Sql, names: Iterable[str]) -> list[str]:
    """Those of the executions whose orders have left no trace in the tables."""
    rows = sql.audit.executions_without_rows(order_ids=json.dumps(list(names)))
    return [row["order_id"] for row in rows]


def is_an_order(execution: dict[str, Any]) -> bool:
    """Whether POST /orders started it: anybody may start one by hand, with any input."""
    try:
        accepted = AcceptedOrder.model_validate_json(execution["input"])
    except ValidationError:
        return False
    return bool(accepted.order_id == execution["name"])


def past_backup(sql: Sql, since: datetime) -> list[PastBackupRow]:
    """Orders created since then whose backup must be there: order_id and created_at."""
    return sql.audit.past_backup(since=since.astimezone(UTC).replace(tzinfo=None))


def without_backup(rows: list[PastBackupRow]) -> list[str]:
    """Those of the orders whose backup is not there; raises BackupUnavailable."""
    there = _backups_of({backup_prefix(row["created_at"]) for row in rows})
    return [row["order_id"] for row in rows if _key(row) not in there]


def _backups_of(days: set[str]) -> set[str]:
    """Listed a day at a time: a thousand keys a call, where asking for each would be one."""
    return {key for day in sorted(days) for key in backup_keys(day)}


def _key(row: PastBackupRow) -> str:
    return backup_key(row["order_id"], row["created_at"])
