"""The doctor compares orders, items, reservations, stock, backups and executions.

It says in plain words what disagrees with the contract ("An accepted order"). It reads only,
and may look at a live system: an order whose workflow runs is left to it.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from pydantic import ValidationError

from operations import audit
from orders import step_functions
from orders.database import session
from orders.documents.fields import Document, as_json
from orders.errors import OrderError
from orders.queries import Sql
from orders.statements import (
    ContradictionsRow,
    LostStockRow,
    PastBackupRow,
    WrongReservationsRow,
    WrongTotalsRow,
)

_PATIENCE = 600
"""Seconds for one query over all orders there are."""
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


class Finding(Document):
    """One disagreement; `subject` is an order id or a product id."""

    kind: str
    subject: str
    message: str


class Examination(Document):
    """All findings, and how much was looked at."""

    findings: tuple[Finding, ...]
    orders: int
    products: int
    reservations: int
    executions: int


def examine(window: audit.Window) -> Examination:
    """Look at all tables, and at the executions and backups of the window.

    Executions are listed before the tables are read, and asked for again after: what ended
    in between has left its traces by then. Raises DatabaseUnavailable, WorkflowUnavailable,
    BackupUnavailable.
    """
    since = window.since
    ended = [
        name
        for status in _ENDED
        for page in step_functions.execution_names(status, since)
        for name in page
    ]
    with session("order-doctor", _PATIENCE) as conn:
        sql = Sql(conn)
        sql.audit.freeze()
        sql.audit.disable_statement_timeout()
        findings = list(_in_tables(sql))
        unknown = audit.executions_without_rows(sql, ended)
        counts = sql.audit.counts()
        backed_up = audit.past_backup(sql, since)
    findings += [*_without_a_row(unknown), *_unsettled(window), *_without_backup(backed_up)]
    return Examination(findings=tuple(findings), executions=len(ended), **counts)


# In the tables.


def _in_tables(sql: Sql) -> Iterator[Finding]:
    yield from map(_lost_stock, sql.audit.lost_stock())
    yield from map(_contradiction, sql.audit.contradictions())
    yield from map(_wrong_total, sql.audit.wrong_totals())
    yield from map(_wrong_reservation, sql.audit.wrong_reservations())


def _lost_stock(row: LostStockRow) -> Finding:
    found = row["stock"] + row["held"] + row["shipped"]
    lost = row["received"] - found
    message = (
        f"{row['received']} received, but {row['stock']} in stock, {row['held']} held and "
        f"{row['shipped']} shipped make {found}: "
        + (f"{lost} missing" if lost > 0 else f"{-lost} too many")
    )
    return Finding(kind="stock not conserved", subject=row["product_id"], message=message)


def _contradiction(row: ContradictionsRow) -> Finding:
    reserved = f"is {row['reserved']}" if row["reserved"] else "is not there"
    message = f"is {row['status']}, but its reservation {reserved}, not {row['expected']}"
    return Finding(kind="reservation contradicts order", subject=row["order_id"], message=message)


def _wrong_total(row: WrongTotalsRow) -> Finding:
    message = (
        f"its items make {row['items_total']}, its total is {row['total_amount']}"
        if row["items"]
        else "has no items"
    )
    return Finding(kind="items do not add up", subject=row["order_id"], message=message)


def _wrong_reservation(row: WrongReservationsRow) -> Finding:
    message = f"ordered {row['ordered']} of {row['product_id']}, reserved {row['reserved']}"
    return Finding(kind="items unlike reservation", subject=row["order_id"], message=message)


# Between the tables, Step Functions and S3.


def _without_a_row(unknown: list[str]) -> Iterator[Finding]:
    for order_id in unknown:
        execution = step_functions.find_execution(order_id)
        if execution and audit.is_an_order(execution):
            message = "was accepted and its execution has ended, but it has left no row"
            yield Finding(kind="accepted order without a row", subject=order_id, message=message)


def _unsettled(window: audit.Window) -> Iterator[Finding]:
    """Open orders without a running execution, which are still open after that was asked."""
    before = _open_orders(window)
    running = {
        name for page in step_functions.execution_names("RUNNING", _LONG_AGO) for name in page
    }
    over = {
        order_id: execution["status"] if execution else "gone"
        for order_id in before.keys() - running
        if (execution := step_functions.find_execution(order_id)) is None
        or execution["status"] != "RUNNING"
    }
    still = _open_orders(window) if over else {}
    for order_id, row_status in still.items():
        if order_id in over:
            yield _open(order_id, row_status, over[order_id])


def _open(order_id: str, row_status: str | None, execution: str) -> Finding:
    if row_status is None:
        message = f"stock is held without an order, and its execution is {execution}"
        return Finding(kind="reservation without an order", subject=order_id, message=message)
    message = f"is {row_status}, but its execution is {execution}"
    return Finding(kind="pending order without workflow", subject=order_id, message=message)


def _open_orders(window: audit.Window) -> dict[str, str | None]:
    with session("order-doctor", _PATIENCE) as conn:
        rows = Sql(conn).audit.unsettled(older_than=window.older_than, row_limit=None)
    return {row["order_id"]: row["status"] for row in rows}


def _without_backup(rows: list[PastBackupRow]) -> Iterator[Finding]:
    for order_id in audit.without_backup(rows):
        message = "got past BackUpOrder, but its backup is not in the bucket"
        yield Finding(kind="order without its backup", subject=order_id, message=message)


# The command.


def main() -> int:
    """Say what disagrees. Exit status 1 when anything does, 2 when it cannot be told."""
    parser = argparse.ArgumentParser(prog="scripts/doctor", description=__doc__)
    json = "one JSON document in place of sentences"
    parser.add_argument("--json", action="store_true", help=json)
    audit.add_window(parser)
    arguments = parser.parse_args()
    try:
        window = audit.Window(older_than=arguments.older_than, hours=arguments.hours)
        found = examine(window)
    except ValidationError as error:
        parser.error(audit.fault_in(error))
    except OrderError as error:
        sys.stderr.write(f"The doctor cannot look: {error}\n")
        return 2
    sys.stdout.write((as_json(found) if arguments.json else _report(found)) + "\n")
    return 1 if found.findings else 0


def _report(found: Examination) -> str:
    lines = [f"{finding.kind}: {finding.subject}: {finding.message}" for finding in found.findings]
    looked = (
        f"Looked at {found.orders} orders, {found.reservations} reservations, {found.products} "
        f"products and {found.executions} ended executions: "
    )
    return "\n".join([*lines, looked + (f"{len(lines)} findings" if lines else "all agree")])


if __name__ == "__main__":
    sys.exit(main())
