"""The permissions that calls to AWS declare, against the operations that they really perform."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

import pytest
from botocore.client import BaseClient

from local.iam.permissions import S3
from orders import backups, credentials, step_functions
from orders.documents.api import OrderDetails
from orders.documents.workflow import AcceptedOrder
from orders.errors import OrderError
from orders.permissions import BACKUPS, EXECUTIONS, declared
from tests.running.builders import a_line, an_id, an_order
from tests.running.in_process import InProcess
from workflows.rules.source import reached

MODULES = (backups, credentials, step_functions)
"""The modules of orders that call AWS."""


def an_accepted_order(**changes: object) -> AcceptedOrder:
    return AcceptedOrder.model_validate(an_order(a_line("A")) | {"order_id": an_id()} | changes)


def put_a_backup() -> None:
    order = an_order(a_line("A")) | {"order_id": an_id(), "status": "pending"}
    money = {"total_amount": "1.00", "created_at": "2024-01-24T10:30:00", "items": []}
    backups.put_backup(OrderDetails.model_validate(order | money))


def read_the_secret() -> None:
    credentials._secret("arn:aws:secretsmanager:::secret:s")  # noqa: SLF001


CALLS: Mapping[Callable[..., object], Callable[[], object]] = {
    backups.put_backup: put_a_backup,
    backups.backup_exists: lambda: backups.backup_exists("O-1", datetime.now(UTC)),
    backups.backup_keys: lambda: backups.backup_keys("orders/"),
    credentials._secret: read_the_secret,  # noqa: SLF001
    step_functions.start: lambda: step_functions.start(an_accepted_order()),
    step_functions.describe_execution: lambda: step_functions.find_execution(an_id()),
    step_functions.newest_events: lambda: step_functions.newest_events("arn"),
    step_functions.execution_names: lambda: list(
        step_functions.execution_names("FAILED", datetime.now(UTC) - timedelta(hours=1))
    ),
}
"""Functions that call AWS, themselves or through others, and a call that makes them do it."""


@pytest.fixture
def performed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The IAM actions of the operations that any client of boto3 performs."""
    actions: set[str] = set()
    perform = BaseClient._make_api_call  # noqa: SLF001  # every operation comes through here

    def record(client: Any, operation: str, arguments: object) -> object:  # noqa: ANN401
        service = client.meta.service_model.signing_name
        actions.add(f"{service}:{S3.get(operation, operation) if service == 's3' else operation}")
        if operation == "HeadObject":  # to tell an object that is missing from one that is denied
            actions.add("s3:ListBucket")
        return perform(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", record)
    return actions


@pytest.mark.parametrize("function", CALLS, ids=lambda function: function.__name__)
def test_a_call_declares_what_it_needs(
    functions: InProcess, performed: set[str], function: Callable[..., object]
) -> None:
    with suppress(OrderError):  # not every resource is there; what is asked of AWS is the same
        CALLS[function]()

    needed = {each.action for one in reached(function) for each in declared(one)}
    assert performed == needed != set()


def declaring(module: ModuleType) -> Iterator[Callable[..., object]]:
    for _, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and declared(function):
            yield function


def test_every_call_that_declares_a_permission_is_tried_here() -> None:
    tried = {each for function in CALLS for each in reached(function)}

    assert {each for module in MODULES for each in declaring(module)} <= tried


def test_a_resource_is_named_by_an_environment_variable() -> None:
    arn = "arn:aws:states:us-east-1:1:stateMachine:M"

    assert EXECUTIONS.arn_in({"STATE_MACHINE_ARN": arn}) == (
        "arn:aws:states:us-east-1:1:execution:M:*"
    )
    assert BACKUPS.arn_in({"S3_BUCKET": "b"}) == "arn:aws:s3:::b/orders/*"
    assert BACKUPS.arn_in({"S3_BUCKET": ""}) is None
