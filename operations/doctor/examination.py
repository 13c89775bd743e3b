"""Reads the tables, Step Functions and S3, and compares them."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from itertools import chain

from operations import audit
from operations.doctor import findings
from operations.doctor.findings import Finding
from operations.evidence import is_an_order
from orders import step_functions
from orders.database import session
from orders.documents.fields import Document
from orders.queries import Sql

_QUERY_TIMEOUT = 600
"""Seconds for one query, which may read all orders that were ever stored."""
_EVER = datetime.min.replace(tzinfo=UTC)
_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class Examination(Document):
    """All findings, and how many orders, products, reservations and executions were looked at."""

    findings: tuple[Finding, ...]
    orders: int
    products: int
    reservations: int
    executions: int


def examine(window: audit.Window) -> Examination:
    """Compare all tables, and the executions and backups of the window.

    The tables are read in one snapshot. Ended executions are listed before it is taken: each of
    them has written its rows by then. Raises DatabaseUnavailable, WorkflowUnavailable,
    BackupUnavailable.
    """
    since = window.since
    ended = [name for status in _ENDED for name in _executions(status, since)]
    with session("order-doctor", _QUERY_TIMEOUT) as conn:
        sql = Sql(conn)
        sql.audit.freeze()
        sql.audit.disable_statement_timeout()
        found = list(_in_tables(sql))
        unknown = audit.executions_without_rows(sql, ended)
        counts = sql.audit.counts()
        past_backup = audit.past_backup(sql, since)
    found += _without_rows(unknown)
    found += _without_workflow(window)
    found += map(findings.without_backup, audit.without_backup(past_backup))
    return Examination(findings=tuple(found), executions=len(ended), **counts)


def _in_tables(sql: Sql) -> Iterator[Finding]:
    yield from map(findings.lost_stock, sql.audit.lost_stock())
    yield from map(findings.contradiction, sql.audit.contradictions())
    yield from map(findings.wrong_total, sql.audit.wrong_totals())
    yield from map(findings.wrong_reservation, sql.audit.wrong_reservations())
    yield from map(findings.stock_without_order, sql.audit.stock_without_order())


def _without_rows(unknown: list[str]) -> Iterator[Finding]:
    """Executions that POST /orders started and that no table knows."""
    for order_id in unknown:
        execution = step_functions.find_execution(order_id)
        if execution and is_an_order(execution):
            yield findings.without_a_row(order_id)


def _without_workflow(window: audit.Window) -> Iterator[Finding]:
    """Open orders whose execution is not running.

    The tables are read again after Step Functions was asked, and only orders that are still
    open then are findings: an execution that ended in between has written its rows.
    """
    ended = _executions_that_ended(_open_orders(window).keys())
    still_open = _open_orders(window) if ended else {}
    for order_id, row_status in still_open.items():
        if order_id in ended:
            yield findings.without_workflow(order_id, row_status, ended[order_id])


def _executions_that_ended(order_ids: AbstractSet[str]) -> dict[str, str]:
    """The execution's status, or `gone`, of those orders whose execution is not running."""
    running = set(_executions("RUNNING", _EVER))
    found = {order_id: step_functions.find_execution(order_id) for order_id in order_ids - running}
    statuses = {order_id: each["status"] if each else "gone" for order_id, each in found.items()}
    return {order_id: status for order_id, status in statuses.items() if status != "RUNNING"}


def _open_orders(window: audit.Window) -> dict[str, str | None]:
    """The status of each open order by its id; None: the order is not stored."""
    with session("order-doctor", _QUERY_TIMEOUT) as conn:
        sql = Sql(conn)
        sql.audit.freeze()
        rows = sql.audit.statuses_of_open(older_than=window.older_than)
    return {row["order_id"]: row["status"] for row in rows}


def _executions(status: str, since: datetime) -> Iterator[str]:
    return chain.from_iterable(step_functions.execution_names(status, since))
