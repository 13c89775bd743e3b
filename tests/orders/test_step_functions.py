"""Executions in moto's Step Functions: started once, listed page by page, asked in time."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from deployment import template
from orders import step_functions
from orders.aws_errors import CLIENT_CONFIG
from orders.documents.workflow import AcceptedOrder
from orders.errors import ExecutionNotFound, WorkflowUnavailable
from orders.settings import settings
from tests.running.builders import a_line, an_id, an_order
from tests.running.in_process import TEMPLATE, InProcess


def an_accepted_order(**changes: object) -> AcceptedOrder:
    document = an_order(a_line("A")) | {"order_id": an_id()} | changes
    return AcceptedOrder.model_validate(document)


def test_an_order_is_started_once(functions: InProcess) -> None:
    order = an_accepted_order()

    assert step_functions.start(order)
    assert step_functions.start(order), "the same execution is running"
    assert functions.executions().count(order.order_id) == 1


@pytest.mark.parametrize("state", ["another order's", "over"])
def test_a_name_that_cannot_be_started_is_told(functions: InProcess, state: str) -> None:
    order = an_accepted_order()
    step_functions.start(order)
    if state == "over":
        functions.stop(order.order_id)
        assert not step_functions.start(order)
    else:
        other = an_accepted_order(order_id=order.order_id, customer_id="C2")
        assert not step_functions.start(other)


def test_the_input_is_the_order_as_it_was_accepted(functions: InProcess) -> None:
    order = an_accepted_order()
    step_functions.start(order)

    execution = step_functions.find_execution(order.order_id)

    assert execution
    assert AcceptedOrder.model_validate_json(execution["input"]) == order


def test_an_execution_that_nobody_started_is_not_there(functions: InProcess) -> None:
    order_id = an_id()

    assert step_functions.find_execution(order_id) is None
    assert not step_functions.is_running(order_id)
    with pytest.raises(ExecutionNotFound):
        step_functions.newest_events(step_functions.execution_arn(order_id))


def test_an_aborted_execution_is_not_running(functions: InProcess) -> None:
    order = an_accepted_order()
    step_functions.start(order)
    functions.stop(order.order_id)

    assert not step_functions.is_running(order.order_id)


def test_every_page_of_executions_is_read(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_functions, "PAGE_SIZE", 4)
    functions.forget_executions()
    names = {an_id() for _ in range(5)}
    client, machine = boto3.client("stepfunctions"), settings().state_machine_arn
    for name in names:
        client.start_execution(stateMachineArn=machine, name=name, input="{}")
    since = datetime.now(UTC) - timedelta(hours=1)

    pages = list(step_functions.execution_names("RUNNING", since))

    assert {name for page in pages for name in page} == names
    assert len(pages) == 2


def test_executions_that_began_before_the_moment_asked_for_are_left_out(
    functions: InProcess,
) -> None:
    functions.forget_executions()
    step_functions.start(an_accepted_order())

    names = list(step_functions.execution_names("RUNNING", datetime.now(UTC) + timedelta(hours=1)))

    assert names == [[]]


def test_a_state_machine_that_is_gone_is_an_outage(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STATE_MACHINE_ARN", f"{settings().state_machine_arn}Gone")
    settings.cache_clear()

    with pytest.raises(WorkflowUnavailable, match="StateMachineDoesNotExist"):
        step_functions.start(an_accepted_order())

    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.parametrize("function", TEMPLATE.functions.values(), ids=lambda one: one.name)
def test_every_attempt_at_aws_fits_into_the_functions_timeout(
    function: template.Function,
) -> None:
    """So that an AWS that does not answer is an error of ours, and no killed function."""
    one_attempt = CLIENT_CONFIG.connect_timeout + CLIENT_CONFIG.read_timeout
    attempts = CLIENT_CONFIG.retries["total_max_attempts"]

    assert attempts * one_attempt < function.timeout
