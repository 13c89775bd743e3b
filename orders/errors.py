"""Everything that can go wrong, by name.

A class's name is the error's name in the ASL and in an execution's history. `http_status` is the
status of the API's response; a Retry-After in `http_headers` is in seconds. `http_fields` are the
attributes that the response's body holds beside `message`. `log_level` says who must look: nobody
(INFO), nobody as long as it passes (WARNING), somebody (ERROR).

    OrderError
    |-- OrderRefused           the order itself cannot be fulfilled: never retried
    |   |-- UnknownProduct
    |   |-- InsufficientStock
    |   |-- TotalTooHigh
    |   `-- OrderAlreadySettled
    |-- Unavailable            a service that the order needs does not answer: retried, a 503
    |   |-- DatabaseUnavailable
    |   |-- BackupUnavailable
    |   |-- WorkflowUnavailable
    |   `-- NotPermitted       the function's role does not allow the call: a 500
    |-- RequestError           the API's caller is at fault
    |   |-- InvalidRequest
    |   |-- OrderNotFound
    |   |-- ExecutionNotFound
    |   |-- MoveNotAllowed
    |   |-- OrderNotStoredYet
    |   |-- OrderStillProcessing
    |   `-- IdempotencyKeyReused
    |-- DatabaseRefused        PostgreSQL rejects a statement for good: a bug or a wrong set-up
    `-- InvalidSetting         the environment is at fault, or what it leads to

A DriverError is none of them: it is the cause of an OrderError, as a log may hold it.
"""

import logging
from http import HTTPStatus
from typing import ClassVar


class OrderError(Exception):
    """The root of the tree. Messages may be shown to API callers and operators."""

    http_status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR
    http_headers: ClassVar[dict[str, str]] = {}
    http_fields: ClassVar[tuple[str, ...]] = ()
    log_level: ClassVar[int] = logging.ERROR


class OrderRefused(OrderError):
    """The order cannot be fulfilled, however often it is tried."""

    log_level = logging.INFO


class UnknownProduct(OrderRefused):
    """The order names products that are not in the inventory."""

    def __init__(self, product_ids: list[str]) -> None:
        """Name the products that are missing."""
        super().__init__(f"Unknown product: {', '.join(product_ids)}")


class InsufficientStock(OrderRefused):
    """A product has less stock than the order wants."""

    def __init__(self, product_id: str, wanted: int, in_stock: int) -> None:
        """Name the product, the pieces wanted and the pieces there are."""
        super().__init__(f"Not enough stock of {product_id}: {wanted} wanted, {in_stock} in stock")


class TotalTooHigh(OrderRefused):
    """The total does not fit the orders table's DECIMAL(10,2)."""

    def __init__(self, total: object) -> None:
        """Name the total."""
        super().__init__(f"Total {total} is over 99999999.99")


class OrderAlreadySettled(OrderRefused):
    """A late task: the order has failed, or was cancelled or deleted, before the task ran."""

    def __init__(self, order_id: str) -> None:
        """Name the order."""
        super().__init__(f"Order {order_id} is settled already")


class Unavailable(OrderError):
    """A service that the order needs does not answer; another try may succeed."""

    http_status = HTTPStatus.SERVICE_UNAVAILABLE
    http_headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}
    log_level = logging.WARNING


class DatabaseUnavailable(Unavailable):
    """PostgreSQL cannot be reached, or gave up on the transaction."""

    def __init__(self, why: str = "cannot be reached") -> None:
        """Say why, without host, user or statement."""
        super().__init__(f"The database {why}")


class BackupUnavailable(Unavailable):
    """S3 did not store or list backups, or did not answer."""

    def __init__(self, why: str) -> None:
        """Say why: S3's error code, or the name of the client's error."""
        super().__init__(f"The backup bucket did not take the order: {why}")


class WorkflowUnavailable(Unavailable):
    """Step Functions did not answer."""

    def __init__(self, why: str) -> None:
        """Say why: the service's error code, or the name of the client's error."""
        super().__init__(f"The workflow service did not answer: {why}")


class NotPermitted(Unavailable):
    """AWS refuses a call that the function's role does not allow.

    The set-up is wrong, so the API answers 500. The workflow retries all the same, like an outage:
    AWS takes some seconds until a new role works everywhere, and an order that was accepted should
    outlast that, and the time in which an operator corrects the role.
    """

    http_status = HTTPStatus.INTERNAL_SERVER_ERROR
    http_headers: ClassVar[dict[str, str]] = {}
    log_level = logging.ERROR

    def __init__(self, operation: str) -> None:
        """Name the operation. AWS's message is left out: it quotes ARNs with the account."""
        super().__init__(
            f"AWS did not permit {operation}: the role of this function in template.yaml lacks a "
            "permission, which scripts/render names"
        )


class RequestError(OrderError):
    """The API caller asked for something that cannot be done."""

    log_level = logging.INFO


class InvalidRequest(RequestError):
    """The request lacks a field or has a wrong value; the message names the field."""

    http_status = HTTPStatus.BAD_REQUEST


class OrderNotFound(RequestError):
    """No such order."""

    http_status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        """Use the message of docs/contract.md, "Errors"."""
        super().__init__("Order not found")


class ExecutionNotFound(RequestError):
    """No such execution of our state machine."""

    http_status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        """Use the message of docs/contract.md, "Errors"."""
        super().__init__("Execution not found")


class MoveNotAllowed(RequestError):
    """The order cannot move from its status to the requested one."""

    http_status = HTTPStatus.CONFLICT

    def __init__(self, present: str, wanted: str) -> None:
        """Name both statuses."""
        super().__init__(f"Order cannot go from {present} to {wanted}")


class OrderNotStoredYet(RequestError):
    """The order was accepted, and its workflow has not stored it yet."""

    http_status = HTTPStatus.ACCEPTED
    http_headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}
    http_fields = ("order_id",)

    def __init__(self, order_id: str) -> None:
        """Name the order; the message is that of docs/contract.md, "Reading your own order"."""
        super().__init__("Order is still being processed")
        self.order_id = order_id


class OrderStillProcessing(RequestError):
    """The order's workflow is still running."""

    http_status = HTTPStatus.CONFLICT
    http_headers: ClassVar[dict[str, str]] = {"Retry-After": "5"}

    def __init__(self) -> None:
        """Use the message of docs/contract.md, "Errors"."""
        super().__init__("Order is still being processed")


class IdempotencyKeyReused(RequestError):
    """The Idempotency-Key belongs to another order."""

    http_status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self) -> None:
        """Use the message of docs/contract.md, "Errors"."""
        super().__init__("Idempotency-Key was already used with a different order")


class DatabaseRefused(OrderError):
    """PostgreSQL rejected a statement, and would reject it again."""

    def __init__(self, sqlstate: str) -> None:
        """Name the SQLSTATE only: the server's message may quote data and SQL."""
        super().__init__(f"The database refused (SQLSTATE {sqlstate})")


class InvalidSetting(OrderError):
    """An environment variable, or what it leads to, is missing or wrong; the message names it."""


class DriverError(Exception):
    """What a log may hold of the driver's error, as the cause of an OrderError.

    Of PostgreSQL's own error it has SQLSTATE, message and names, and not its DETAIL, which quotes
    rows and parameters. Of a failed connection it has the classes of its errors, and not their
    messages, which quote host and port.
    """
