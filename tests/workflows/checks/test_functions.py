"""Tasks whose function is not deployed, is no task, or runs longer than its state waits."""

from pathlib import Path

import pytest

from deployment.template import TEMPLATE
from tests.workflows.machines import (
    DEPLOYED,
    Definition,
    States,
    after,
    assert_refused,
    refused,
    spec_of,
    with_function,
)
from workflows.checks.deployment import Deployment, deployed

BACK_UP_ORDER = DEPLOYED["BackUpOrderFunction"]


def deployed_from(tmp_path: Path, old: str, new: str) -> Deployment:
    """From our own template with one thing changed."""
    text = TEMPLATE.read_text("utf-8")
    assert old in text
    (tmp_path / "template.yaml").write_text(text.replace(old, new, 1), "utf-8")
    return deployed(tmp_path / "template.yaml")


@refused("BackUpOrder runs ${BackUpFunction}, which template.yaml does not substitute: add the")
def test_a_function_that_the_template_lacks_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Parameters"]["FunctionName"] = "${BackUpFunction}"


@pytest.mark.parametrize("seconds", [15, 20])
def test_a_function_that_runs_as_long_as_its_state_waits_is_refused(
    tmp_path: Path, seconds: int
) -> None:
    handler = "Handler: tasks.back_up_order.handler"
    slow = deployed_from(tmp_path, handler, f"{handler}\n      Timeout: {seconds}")

    assert_refused(
        f"BackUpOrder times out after 15 s, and its function after {seconds} s", deployment=slow
    )


def test_the_templates_globals_are_every_functions_timeout(tmp_path: Path) -> None:
    found = deployed_from(tmp_path, "Timeout: 10", "Timeout: 12")

    assert {task.function.timeout for task in found.values()} == {12}


@pytest.mark.parametrize(
    "handler",
    ["tasks.back_up_orders.handler", "orders.model.merged", "api_handlers.get_order.handler"],
)
def test_a_handler_that_is_no_task_is_refused(tmp_path: Path, handler: str) -> None:
    found = deployed_from(tmp_path, "tasks.back_up_order.handler", handler)

    assert_refused(
        f"BackUpOrder runs BackUpOrderFunction, whose handler {handler} is not a task",
        deployment=found,
    )


def test_a_function_that_the_machines_role_may_not_invoke_is_refused(tmp_path: Path) -> None:
    listed = "                - !Sub ${BackUpOrderFunction.Arn}:*\n"

    found = deployed_from(tmp_path, listed, "")

    assert_refused(
        "BackUpOrder runs BackUpOrderFunction, which the state machine's role may not invoke: add",
        deployment=found,
    )


def test_a_state_that_runs_another_states_function_is_refused() -> None:
    swapped = with_function("CheckInventory", BACK_UP_ORDER)

    assert_refused(
        f"CheckInventory takes {spec_of('BackUpOrder').input.__name__}, and ",
        f"{after('CheckInventory')} takes ReservedOrder, and CheckInventory passes ",
        deployment=swapped,
    )
