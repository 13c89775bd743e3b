"""What the functions log: one line of JSON for each thing that happened.

Every line of a request has its `request_id`, which is the x-request-id of the answer. So have the
lines of the order's workflow and of its repair. docs/operating.md, "Logs", lists the lines, their
levels and their fields. No line names a customer.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from orders.errors import DriverError

logger = Logger(
    utc=True,
    use_rfc3339=True,
    log_record_order=["timestamp", "level", "message", "request_id", "order_id"],
)
"""The time comes first, so that lines of several logs can be sorted as they are."""

_AUDIT = "audit"
_who: ContextVar[str] = ContextVar("who", default="nobody")
_warm: list[str] = []


def begin(
    context: LambdaContext, *, who: str, request_id: str | None, order_id: str | None
) -> bool:
    """Begin an invocation, whose lines have these keys from now on; returns whether it is cold.

    `who` is the actor that audit lines name. `version` is the function's: orders in flight keep
    the versions that they began with. A cold start is the first invocation in a process.
    """
    cold_start = not _warm
    _warm[:] = [context.function_name]
    _who.set(who)
    logger.append_keys(
        request_id=request_id or None,
        order_id=order_id,
        function_name=context.function_name,
        function_request_id=context.aws_request_id,
        version=context.function_version,
        cold_start=cold_start,
    )
    return cold_start


@contextmanager
def about(order_id: str) -> Iterator[None]:
    """Log about one of the orders that this invocation looks at."""
    logger.append_keys(order_id=order_id, request_id=None)
    try:
        yield
    finally:
        logger.append_keys(order_id=None, request_id=None)


def act_as(who: str) -> None:
    """Name who changes orders from now on, for audit lines."""
    _who.set(who)


def audit(order_id: str, before: str, after: str) -> None:
    """Log that the order has changed. Call it after the commit, never before it."""
    change = {"who": _who.get(), "order_id": order_id, "from": before, "to": after}
    logger.info(_AUDIT, extra=change)


def failed(error: Exception) -> None:
    """Log why something was not done, with the level that says whether somebody must look at it.

    A refusal is INFO, and an outage, after which the caller or the workflow tries again, WARNING.
    Both are one line without a traceback. Anything else is an ERROR, with its traceback.
    """
    vars(error)["is_logged"] = True
    level = getattr(error, "log_level", logging.ERROR)
    if level == logging.INFO:
        logger.info("refused", extra=reason(error))
    elif level == logging.WARNING:
        logger.warning("unavailable", extra=reason(error) | _cause(error))
    else:
        logger.error("failed", exc_info=error, extra={"error": type(error).__name__})


def reason(error: Exception) -> dict[str, str]:
    """The error's class, and its message if that is ours, as fields of a line."""
    said = {"reason": str(error)} if hasattr(error, "log_level") else {}
    return {"error": type(error).__name__} | said


def _cause(error: Exception) -> dict[str, str]:
    """AWS's own errors are left out, because they may quote signatures and keys."""
    cause = error.__cause__
    return {"cause": str(cause)} if isinstance(cause, DriverError) else {}


@contextmanager
def of_a_command(name: str, stream: TextIO) -> Iterator[None]:
    """Log as an operator's command does: audit lines only, to `stream`.

    The command itself prints whatever else there is to say.
    """
    handler = logger.registered_handler
    stdout = handler.setStream(stream)  # type: ignore[attr-defined]  # a StreamHandler
    logger.addFilter(_is_audit)
    act = _who.set(name)
    try:
        yield
    finally:
        _who.reset(act)
        logger.removeFilter(_is_audit)
        if stdout:
            handler.setStream(stdout)  # type: ignore[attr-defined]


def _is_audit(record: object) -> bool:
    return getattr(record, "msg", None) == _AUDIT
