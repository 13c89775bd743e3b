"""S3 and Step Functions: the only user of boto3, clients made when first asked for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orders.contracts import AcceptedOrder
from orders.errors import (
    BackupUnavailable,
    ExecutionNotFound,
    IdempotencyKeyReused,
    WorkflowUnavailable,
)
from orders.settings import settings

# Three tries of at most 4 s would be over a function's 10 s: two, then Step Functions retries.
_CONFIG = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)

HISTORY = 100
"""Events asked for: a state with all its retries has fewer, so the newest ones' state is known."""

_NOBODY = ("ExecutionDoesNotExist", "InvalidArn", "InvalidName", "ValidationException")


def execution_arn(order_id: str) -> str:
    """The execution that works on the order: its name is the order id."""
    return f"{executions_prefix()}{order_id}"


def executions_prefix() -> str:
    """What every execution ARN of our state machine starts with."""
    return settings().state_machine_arn.replace(":stateMachine:", ":execution:", 1) + ":"


def start_once(order: AcceptedOrder) -> str:
    """Start the order's execution, or find it started already; gives its ARN.

    Step Functions itself makes this idempotent, by the name. Raises IdempotencyKeyReused
    when the name belongs to another order, WorkflowUnavailable.
    """
    with _faults_as(WorkflowUnavailable):
        try:
            return _start(order)
        except _states().exceptions.ExecutionAlreadyExists:
            arn = execution_arn(order.order_id)
            started = _states().describe_execution(executionArn=arn)
    if AcceptedOrder.model_validate_json(started["input"]) != order:
        raise IdempotencyKeyReused
    return arn


def _start(order: AcceptedOrder) -> str:
    execution = _states().start_execution(
        stateMachineArn=settings().state_machine_arn,
        name=order.order_id,
        input=order.model_dump_json(),
    )
    return str(execution["executionArn"])


def describe_execution(arn: str) -> dict[str, Any]:
    """Step Functions' description; raises ExecutionNotFound, WorkflowUnavailable."""
    with _faults_as(WorkflowUnavailable, absent=_NOBODY):
        return dict(_states().describe_execution(executionArn=arn))


def find_execution(order_id: str) -> dict[str, Any] | None:
    """The order's execution; None when Step Functions knows none. Raises WorkflowUnavailable."""
    try:
        return describe_execution(execution_arn(order_id))
    except ExecutionNotFound:
        return None


def is_running(order_id: str) -> bool:
    """Whether the workflow still works on the order; raises WorkflowUnavailable."""
    execution = find_execution(order_id)
    return execution is not None and execution["status"] == "RUNNING"


def recent_history(arn: str) -> list[dict[str, Any]]:
    """The execution's newest events in order of time; raises as describe_execution."""
    with _faults_as(WorkflowUnavailable, absent=_NOBODY):
        answer = _states().get_execution_history(
            executionArn=arn, maxResults=HISTORY, reverseOrder=True, includeExecutionData=False
        )
    return sorted(answer["events"], key=lambda event: int(event["id"]))


def last_document(arn: str) -> dict[str, Any]:
    """What the state entered last was given: the order as far as the workflow had come.

    Empty when no state was entered. Raises as describe_execution.
    """
    with _faults_as(WorkflowUnavailable, absent=_NOBODY):
        answer = _states().get_execution_history(
            executionArn=arn, maxResults=HISTORY, reverseOrder=True, includeExecutionData=True
        )
    entered = [event for event in answer["events"] if "stateEnteredEventDetails" in event]
    if not entered:
        return {}
    last = max(entered, key=lambda event: int(event["id"]))
    return dict(json.loads(last["stateEnteredEventDetails"]["input"]))


def executions(status: str, since: datetime) -> Iterator[list[str]]:
    """Names of the executions with this status that were started since then (with an offset).

    Newest first, as Step Functions lists them, a page of up to a thousand at a time. Raises
    WorkflowUnavailable.
    """
    machine = settings().state_machine_arn
    listing = _states().get_paginator("list_executions")
    pages = listing.paginate(
        stateMachineArn=machine, statusFilter=status, PaginationConfig={"PageSize": 1000}
    )
    with _faults_as(WorkflowUnavailable):
        for page in pages:
            young = [each for each in page["executions"] if each["startDate"] >= since]
            yield [str(each["name"]) for each in young]
            if len(young) < len(page["executions"]):
                return


def backups(prefix: str) -> set[str]:
    """The keys in the backup bucket that start like this; raises BackupUnavailable."""
    with _faults_as(BackupUnavailable):
        pages = (
            _s3()
            .get_paginator("list_objects_v2")
            .paginate(Bucket=settings().s3_bucket, Prefix=prefix)
        )
        return {str(entry["Key"]) for page in pages for entry in page.get("Contents", ())}


def put_backup(key: str, document: str) -> None:
    """Put a JSON document into the backup bucket, encrypted; raises BackupUnavailable."""
    with _faults_as(BackupUnavailable):
        _s3().put_object(
            Bucket=settings().s3_bucket,
            Key=key,
            Body=document.encode(),
            ContentType="application/json",
            ServerSideEncryption="AES256",
        )


@contextmanager
def _faults_as(
    fault: type[BackupUnavailable | WorkflowUnavailable], absent: tuple[str, ...] = ()
) -> Iterator[None]:
    """Tell AWS's errors in our words: its messages may quote hosts and keys.

    The codes in `absent` become ExecutionNotFound, all others the fault.
    """
    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"]["Code"])
        raise (ExecutionNotFound() if code in absent else fault(code)) from error
    except BotoCoreError as error:
        raise fault(type(error).__name__) from error


@cache
def _states() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("stepfunctions", config=_CONFIG)


@cache
def _s3() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    return boto3.client("s3", config=_CONFIG)
