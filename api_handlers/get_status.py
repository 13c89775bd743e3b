"""GET /status/{identifier}: the status of an order's workflow."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from orders import step_functions
from orders.documents.api import ExecutionEvent, ExecutionStatus, StatusPath
from orders.documents.workflow import Failure
from orders.errors import ExecutionNotFound, WorkflowUnavailable
from orders.handlers import route
from orders.logs import logger
from orders.read_your_writes import when_shown

_NEWEST = 10
_ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted")
_NAME = re.compile("[A-Za-z0-9_-]{1,80}")
"""The names that Step Functions allows for executions, less those that need escaping."""


@route(
    summary="Return the execution of an order id or execution ARN, with its newest 10 events.",
    description="The status of an order's workflow.",
    raises=(ExecutionNotFound,),
)
def handler(path: StatusPath) -> ExecutionStatus:
    """The execution of an order id or execution ARN, with its newest 10 events.

    Raises ExecutionNotFound for anything that is not an execution of our state machine.
    """
    by_arn = path.identifier.startswith("arn:")
    execution, events = _find(path.identifier.removeprefix(step_functions.execution_arn_prefix()))
    return ExecutionStatus(
        execution_arn=execution["executionArn"],
        status=execution["status"],
        start_date=_utc(execution["startDate"]),
        input_identifier=path.identifier,
        identifier_type="execution_arn" if by_arn else "order_id",
        recent_events=_with_states(events)[-_NEWEST:],
        stop_date=_utc(execution["stopDate"]) if "stopDate" in execution else None,
        **_error_of(execution),
    )


def _error_of(execution: dict[str, Any]) -> dict[str, str]:
    """A failed execution's error, and its cause without Lambda's stack trace."""
    if "error" not in execution:
        return {}
    failure = Failure(
        Error=execution["error"], Cause=execution.get("cause", "")
    ).with_readable_cause()
    return {"error": failure.Error, "cause": failure.Cause}


def _find(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The execution of this name and its newest events, once Step Functions shows them.

    The history is waited for, and only then is the execution described, once: DescribeExecution
    has the smaller quota (local/unkind/quotas.py), which PUT, DELETE and the reconciler share.
    Raises ExecutionNotFound, WorkflowUnavailable.
    """
    if not _NAME.fullmatch(name):
        raise ExecutionNotFound
    logger.append_keys(order_id=name)
    arn = step_functions.execution_arn(name)
    events = when_shown(name, lambda: step_functions.newest_events(arn))
    try:
        execution = step_functions.describe_execution(arn)
        return execution, _agreeing(execution, events)
    except ExecutionNotFound as error:  # although its history was shown
        raise WorkflowUnavailable("ExecutionDoesNotExist") from error


def _agreeing(execution: dict[str, Any], events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events, with the execution's end exactly if its description says that it has ended.

    Both are eventually consistent, so either may be older. Events that lack the end are read once
    more. If the description lacks it, the end is left out of the events.
    Raises ExecutionNotFound, WorkflowUnavailable.
    """
    if execution["status"] == "RUNNING":
        return events[:-1] if _has_ended(events) else events
    if not _has_ended(events):
        events = step_functions.newest_events(execution["executionArn"])
    if not _has_ended(events):
        raise WorkflowUnavailable("its history is older than its description")
    return events


def _has_ended(events: list[dict[str, Any]]) -> bool:
    """Whether the newest event is the execution's end; a redriven execution goes on after it."""
    return bool(events) and events[-1]["type"] in _ENDS


def _with_states(history: Iterable[dict[str, Any]]) -> tuple[ExecutionEvent, ...]:
    """The events, each with its state: the one entered last and not left yet."""
    state, events = None, []
    for event in history:
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        if event["type"].startswith("Execution"):
            state = None
        timestamp = _utc(event["timestamp"])
        events.append(ExecutionEvent(type=event["type"], timestamp=timestamp, state=state))
        if "stateExitedEventDetails" in event:
            state = None
    return tuple(events)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
