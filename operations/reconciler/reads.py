"""Collects what is known about one order: execution, row, reservation, backup."""

import json
from dataclasses import replace

from operations.evidence import Evidence, Execution, is_an_order
from operations.reconciler.limits import Limits
from orders import step_functions
from orders.backups import backup_exists
from orders.documents.workflow import AcceptedOrder
from orders.queries import transaction
from orders.statements import FindRow, GetOrderRow


def evidence_of_open_order(order_id: str, limits: Limits) -> Evidence:
    """The evidence for judging an order whose workflow may have ended.

    Step Functions is asked before the tables are read: an execution that ends in between has
    written its rows by then. Raises DatabaseUnavailable, WorkflowUnavailable, BackupUnavailable and
    OutOfTime.
    """
    execution = _execution(order_id, limits)
    with transaction(before=limits.check) as sql:
        reservation = sql.reservations.reservation_of(order_id=order_id)
        row = sql.orders.get_order(order_id=order_id)
        note = sql.accepted_orders.find(order_id=order_id)
    found = Evidence(execution, row, reservation, accepted=_accepted(note))
    if not found.backup_decides:
        return found
    limits.check()
    return replace(found, backed_up=_is_backed_up(row))


def evidence_without_backup(order_id: str, limits: Limits) -> Evidence:
    """The evidence for judging an order that has passed BackUpOrder and has no backup: its row.

    Raises DatabaseUnavailable and OutOfTime.
    """
    with transaction(before=limits.check) as sql:
        return Evidence(row=sql.orders.get_order(order_id=order_id))


def _execution(order_id: str, limits: Limits) -> Execution | None:
    limits.before_describing()
    found = step_functions.find_execution(order_id)
    if found is None:
        return None
    if found["status"] == "RUNNING" or not is_an_order(found):
        return Execution(found["status"])
    limits.check()
    reached = step_functions.last_state_input(found["executionArn"])
    return Execution(found["status"], json.loads(found["input"]) | reached)


def _accepted(note: FindRow | None) -> AcceptedOrder | None:
    request = note and note["request"]
    return AcceptedOrder.model_validate_json(request) if request else None


def _is_backed_up(row: GetOrderRow | None) -> bool:
    return row is not None and backup_exists(row["order_id"], row["created_at"])
