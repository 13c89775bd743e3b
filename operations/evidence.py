"""What is known about one order, as the judgement needs it. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from orders.documents.workflow import AcceptedOrder
from orders.model import OrderStatus, ReservationStatus
from orders.statements import GetOrderRow, ReservationOfRow

_PAST_BACKUP = (OrderStatus.PROCESSING, OrderStatus.SHIPPED, OrderStatus.DELIVERED)


@dataclass(frozen=True)
class Execution:
    """An order's execution: its status, and the order as the latest state received it.

    `order` is empty while the execution is running, and when POST /orders did not start it.
    """

    status: str
    order: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """What Step Functions, PostgreSQL and S3 know about one order.

    `execution` is None when Step Functions does not know one, `row` when the order is not stored,
    `accepted` when what was accepted is not noted. `backed_up` is meaningful only if
    `backup_decides`; otherwise S3 was not asked.
    """

    execution: Execution | None = None
    row: GetOrderRow | None = None
    reservation: Sequence[ReservationOfRow] = ()
    backed_up: bool = False
    accepted: AcceptedOrder | None = None

    @property
    def request_id(self) -> str:
        """The x-request-id with which the order was accepted; empty if nothing is known."""
        if self.accepted:
            return self.accepted.request_id
        return str(self.execution.order.get("request_id", "")) if self.execution else ""

    @property
    def execution_status(self) -> str:
        """Step Functions' status of the execution, or `gone`."""
        return self.execution.status if self.execution else "gone"

    @property
    def has_left_pending(self) -> bool:
        """Whether the order is stored with a status other than `pending`."""
        return self.row is not None and self.row["status"] != OrderStatus.PENDING

    @property
    def holds_stock(self) -> bool:
        """Whether the order has a reservation, and holds all the stock in it."""
        return bool(self.reservation) and not self.has_let_go_of_stock

    @property
    def has_let_go_of_stock(self) -> bool:
        """Whether stock of the order's reservation was released or shipped."""
        return any(line["status"] != ReservationStatus.HELD for line in self.reservation)

    @property
    def is_running(self) -> bool:
        """Whether the execution is running."""
        return self.execution_status == "RUNNING"

    @property
    def workflow_failed(self) -> bool:
        """Whether the execution ended as FAILED, or had reached FailOrder."""
        document = self.execution.order if self.execution else {}
        return self.execution_status == "FAILED" or "failure" in document

    @property
    def backup_decides(self) -> bool:
        """Whether the verdict depends on `backed_up`; where it does not, S3 need not be asked."""
        if self.row is None:
            return False
        if self.has_left_pending:
            return self.row["status"] in _PAST_BACKUP
        return self.holds_stock and not (self.is_running or self.workflow_failed)


def is_an_order(execution: dict[str, Any]) -> bool:
    """Whether POST /orders started this execution.

    `execution` is what DescribeExecution returned. Anybody with permission may start an execution
    by hand, with any input.
    """
    try:
        accepted = AcceptedOrder.model_validate_json(execution["input"])
    except ValidationError:
        return False
    return bool(accepted.order_id == execution["name"])
