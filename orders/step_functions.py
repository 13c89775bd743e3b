"""The executions of OrderProcessingStateMachine: started, described, listed.

An execution's name is its order's id, so that one order has one execution. Whether an
execution is still running is asked here and nowhere else.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import boto3

from orders.aws_errors import CLIENT_CONFIG, ONE_ATTEMPT, aws_errors_as
from orders.documents.workflow import AcceptedOrder
from orders.errors import ExecutionNotFound, WorkflowUnavailable
from orders.permissions import EXECUTIONS, STATE_MACHINE, executions_arn, needs
from orders.settings import settings

NEWEST_EVENTS = 200
"""How many events of a history are read. One state with all its retries makes fewer events, so
the event in which the latest state was entered is always among them."""

PAGE_SIZE = 1000
"""How many executions are listed in one call, the most that Step Functions allows."""

_NO_SUCH_EXECUTION = (
    "ExecutionDoesNotExist",
    "InvalidArn",
    "InvalidName",
    "ValidationException",
)


def execution_arn(order_id: str) -> str:
    """The ARN of the order's execution."""
    return f"{execution_arn_prefix()}{order_id}"


def execution_arn_prefix() -> str:
    """What the ARN of every execution of our state machine starts with."""
    return executions_arn(settings().state_machine_arn).removesuffix("*")


@needs("states:StartExecution", on=STATE_MACHINE)
def start(order: AcceptedOrder) -> bool:
    """Start the order's execution; returns False when another execution has its name.

    True when the same execution is running already: Step Functions makes the call idempotent by
    name and input. False for an execution that has ended, or has another input. Raises
    WorkflowUnavailable.
    """
    with aws_errors_as(WorkflowUnavailable):
        try:
            _states().start_execution(
                stateMachineArn=settings().state_machine_arn,
                name=order.order_id,
                input=order.request,
            )
        except _states().exceptions.ExecutionAlreadyExists:
            return False
    return True


@needs("states:DescribeExecution", on=EXECUTIONS)
def describe_execution(arn: str) -> dict[str, Any]:
    """Step Functions' description; raises ExecutionNotFound, WorkflowUnavailable."""
    with aws_errors_as(WorkflowUnavailable, dict.fromkeys(_NO_SUCH_EXECUTION, ExecutionNotFound)):
        return dict(_reader().describe_execution(executionArn=arn))


def find_execution(order_id: str) -> dict[str, Any] | None:
    """The order's execution, or None when there is none; raises WorkflowUnavailable."""
    try:
        return describe_execution(execution_arn(order_id))
    except ExecutionNotFound:
        return None


def is_running(order_id: str, *, if_not_shown: bool = False) -> bool:
    """Whether the order's execution is running; raises WorkflowUnavailable.

    `if_not_shown`: the answer when Step Functions shows no execution of the order.
    """
    execution = find_execution(order_id)
    return if_not_shown if execution is None else bool(execution["status"] == "RUNNING")


@needs("states:GetExecutionHistory", on=EXECUTIONS)
def newest_events(arn: str, *, with_data: bool = False) -> list[dict[str, Any]]:
    """The newest NEWEST_EVENTS events, oldest first; raises as describe_execution.

    `with_data`: each event holds the input or output of its state as well.
    """
    with aws_errors_as(WorkflowUnavailable, dict.fromkeys(_NO_SUCH_EXECUTION, ExecutionNotFound)):
        answer = _reader().get_execution_history(
            executionArn=arn,
            maxResults=NEWEST_EVENTS,
            reverseOrder=True,
            includeExecutionData=with_data,
        )
    return sorted(answer["events"], key=lambda event: int(event["id"]))


def last_state_input(arn: str) -> dict[str, Any]:
    """The input of the state entered last: the order as far as its execution came.

    Empty when no state was entered. Raises as describe_execution.
    """
    inputs = [
        event["stateEnteredEventDetails"]["input"]
        for event in newest_events(arn, with_data=True)
        if "stateEnteredEventDetails" in event
    ]
    return dict(json.loads(inputs[-1])) if inputs else {}


@needs("states:ListExecutions", on=STATE_MACHINE)
def execution_names(status: str, since: datetime) -> Iterator[list[str]]:
    """The names of the executions with this status that started at `since` or later.

    Yields pages of up to 1000 names, the newest execution first. `since` needs an offset.
    Raises WorkflowUnavailable.
    """
    pages = (
        _states()
        .get_paginator("list_executions")
        .paginate(
            stateMachineArn=settings().state_machine_arn,
            statusFilter=status,
            PaginationConfig={"PageSize": PAGE_SIZE},
        )
    )
    with aws_errors_as(WorkflowUnavailable):
        for page in pages:
            recent = [each for each in page["executions"] if each["startDate"] >= since]
            yield [str(each["name"]) for each in recent]
            if len(recent) < len(page["executions"]):
                return


@cache
def _states() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("stepfunctions", config=CLIENT_CONFIG)


@cache
def _reader() -> Any:  # noqa: ANN401 - as _states
    return boto3.client("stepfunctions", config=ONE_ATTEMPT)
