"""Writes lost backups again: for `scripts/reconcile --backups`, never for the schedule.

S3 loses nothing by itself, and to look for a lost backup means to list the bucket.
"""

import math
from collections.abc import Iterator
from datetime import datetime

from operations import audit
from operations.reconciler.limits import Limits
from operations.reconciler.outcomes import OrderOutcome
from operations.reconciler.reads import evidence_without_backup
from operations.reconciler.run import repair
from orders.queries import transaction


def rewrite(since: datetime, *, dry_run: bool) -> Iterator[OrderOutcome]:
    """Write the missing backups of the orders that were created since then.

    Raises DatabaseUnavailable, and BackupUnavailable when the bucket cannot be listed.
    """
    limits = Limits(seconds=math.inf, per_second=math.inf)
    with transaction() as sql:
        rows = audit.past_backup(sql, since)
    for order_id in audit.without_backup(rows):
        if outcome := repair(order_id, evidence_without_backup, limits, dry_run=dry_run):
            yield outcome
