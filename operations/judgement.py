"""The judgement: which repair an order needs, decided from what is known about it. No I/O.

The first line that applies decides:

    the order got past BackUpOrder, and its backup is missing  BackUp
    the order has left `pending`                               leave it alone
    stock of its reservation was released or shipped           leave it alone
    its execution is running                                   leave it alone
    its execution is gone, and what was accepted is known      Restart
    it is not in the tables, and its execution is gone,
        was not started by POST /orders, or SUCCEEDED          leave it alone
    it is stored, reserved and backed up, and its execution
        neither FAILED nor reached FailOrder                   Complete
    anything else                                              Compensate

An order that is not in the tables although its execution SUCCEEDED was stored once: the
database lost committed data, which no repair of a single order brings back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from operations.evidence import Evidence
from orders.documents.api import OrderDetails
from orders.documents.workflow import AcceptedOrder, FailingItem, FailingOrder, Failure
from orders.errors import OrderError
from orders.reservations import belongs_to
from orders.statements import GetOrderRow, OrderItem, ReservationOfRow

_FAILURE = Failure(Error="WorkflowLost", Cause="settled by the reconciler")


class RecoveredOrder(FailingOrder):
    """An order rebuilt from its reservation, when nobody knows its other fields any more."""

    reserved_digest: str | None

    @property
    def digest(self) -> str:
        """The digest in the reservation: that of the recovered fields alone may be different."""
        return self.reserved_digest or super().digest


class ItemsUnknown(OrderError):
    """The order is stored, but has neither items nor a reservation."""


@dataclass(frozen=True)
class BackUp:
    """Write the order's backup again."""

    order: OrderDetails
    why: str


@dataclass(frozen=True)
class Restart:
    """Start the order's execution again, with the same name and input."""

    order: AcceptedOrder
    why: str


@dataclass(frozen=True)
class Complete:
    """Set the order to `processing`, as UpdateStatus would have done."""

    order: FailingOrder
    why: str


@dataclass(frozen=True)
class Compensate:
    """Record the order as failed and give its stock back, as FailOrder would have done."""

    order: FailingOrder
    why: str


Repair: TypeAlias = BackUp | Restart | Complete | Compensate


def judge(evidence: Evidence) -> Repair | None:
    """The repair that the order needs; None when it must be left alone. Raises ItemsUnknown."""
    if evidence.has_left_pending:
        return _judge_backup(evidence)
    if evidence.has_let_go_of_stock or evidence.is_running:
        return None
    if evidence.execution is None and evidence.accepted:
        return Restart(evidence.accepted, "its execution is gone")
    order = _order(evidence)
    return _judge_open(order, evidence) if order else None


def _judge_backup(evidence: Evidence) -> BackUp | None:
    if evidence.backed_up or not evidence.backup_decides:
        return None
    return BackUp(OrderDetails.model_validate(evidence.row), "its backup was not there")


def _judge_open(order: FailingOrder, evidence: Evidence) -> Complete | Compensate:
    why = f"its execution is {evidence.execution_status}"
    if evidence.backed_up and evidence.backup_decides:
        return Complete(order, f"{why}, and only UpdateStatus was missing")
    return Compensate(order, why)


def _order(evidence: Evidence) -> FailingOrder | None:
    """The order, put together from the evidence; None when it is to be left alone.

    The tables decide about customer, products and quantities; prices come from the execution.
    An execution that contradicts the reservation belongs to another order with the same id, and
    is not used.
    """
    row, reservation = evidence.row, evidence.reservation
    order = _order_from_document(evidence.execution.order) if evidence.execution else None
    if order and belongs_to(order, reservation):
        return order
    if reservation:
        return _recovered(reservation[0], reservation, reservation[0]["order_digest"])
    if row:
        return _recovered(row, row["items"], digest=None)
    return None if evidence.execution_status == "SUCCEEDED" else order


def _order_from_document(document: dict[str, Any]) -> FailingOrder | None:
    return FailingOrder.model_validate({**document, "failure": _FAILURE}) if document else None


def _recovered(
    order: GetOrderRow | ReservationOfRow,
    lines: Sequence[OrderItem | ReservationOfRow],
    digest: str | None,
) -> RecoveredOrder:
    """The order of a reservation, or of a row and its items."""
    if not lines:
        raise ItemsUnknown("The order has neither items nor a reservation")
    return RecoveredOrder(
        reserved_digest=digest,
        order_id=order["order_id"],
        customer_id=str(order["customer_id"]),  # only a deleted order has none, and is not open
        items=tuple(
            FailingItem(product_id=line["product_id"], quantity=line["quantity"]) for line in lines
        ),
        failure=_FAILURE,
    )
