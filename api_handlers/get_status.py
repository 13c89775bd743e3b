"""GET /status/{identifier}: how the workflow of an order is doing."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from orders import aws
from orders.contracts import Event, ExecutionStatus, Failure, StatusPath
from orders.entry import logger, route
from orders.errors import ExecutionNotFound

_NEWEST = 10
_NAME = re.compile("[A-Za-z0-9_-]{1,80}")
"""What Step Functions lets an execution be called, less what needs escaping."""


@route(raises=(ExecutionNotFound,))
def handler(path: StatusPath) -> ExecutionStatus:
    """Give the execution of an order id or execution ARN, with its newest 10 events.

    Raises ExecutionNotFound, for anything that is not an execution of our state machine.
    """
    by_arn = path.identifier.startswith("arn:")
    execution = _describe(path.identifier.removeprefix(aws.executions_prefix()))
    return ExecutionStatus(
        execution_arn=execution["executionArn"],
        status=execution["status"],
        start_date=_utc(execution["startDate"]),
        input_identifier=path.identifier,
        identifier_type="execution_arn" if by_arn else "order_id",
        recent_events=_events(aws.recent_history(execution["executionArn"]))[-_NEWEST:],
        stop_date=_utc(execution["stopDate"]) if "stopDate" in execution else None,
        **_why(execution),
    )


def _why(execution: dict[str, Any]) -> dict[str, str]:
    """A failed execution's error, and its cause without Lambda's stack trace."""
    if "error" not in execution:
        return {}
    failure = Failure(Error=execution["error"], Cause=execution.get("cause", "")).told()
    return {"error": failure.Error, "cause": failure.Cause}


def _describe(name: str) -> dict[str, Any]:
    if not _NAME.fullmatch(name):
        raise ExecutionNotFound
    logger.append_keys(order_id=name)
    return aws.describe_execution(aws.execution_arn(name))


def _events(history: Iterable[dict[str, Any]]) -> tuple[Event, ...]:
    """Tell every event its state: the one entered last and not left yet."""
    state, events = None, []
    for event in history:
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        if event["type"].startswith("Execution"):
            state = None
        events.append(Event(type=event["type"], timestamp=_utc(event["timestamp"]), state=state))
        if "stateExitedEventDetails" in event:
            state = None
    return tuple(events)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
