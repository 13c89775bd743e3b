"""Tasks whose function is not there, or outlives them: functions.py, surroundings.py."""

from pathlib import Path
from typing import Any

import pytest

from orders.documents.workflow import BackedUpOrder, StoredOrder
from tests.workflows.machines import DEPLOYED, Definition, States, refused
from workflows.checks.deployment import TEMPLATE, Deployment, Signature, deployed


def template(tmp_path: Path, old: str, new: str) -> Deployment:
    """Ours with one thing changed."""
    text = TEMPLATE.read_text("utf-8")
    assert old in text
    (tmp_path / "template.yaml").write_text(text.replace(old, new, 1), "utf-8")
    return deployed(tmp_path / "template.yaml")


def backing_up(**change: Any) -> Deployment:  # noqa: ANN401  # any field of a Function
    """Ours, with a BackUpOrder that differs in this."""
    function = DEPLOYED.functions["BackUpOrderFunction"]._replace(**change)
    return DEPLOYED._replace(functions={**DEPLOYED.functions, "BackUpOrderFunction": function})


@refused("BackUpOrder runs ${BackUpFunction}, which template.yaml does not substitute: add")
def test_a_function_that_the_template_lacks(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Parameters"]["FunctionName"] = "${BackUpFunction}"


@refused(
    "BackUpOrder gives up after 15 s, and its function may work for 20 s",
    deployment=backing_up(timeout=20),
)
def test_a_function_that_outlives_its_state(_: Definition, __: States) -> None: ...


@refused(
    "BackUpOrder gives up after 15 s, and its function may work for 15 s",
    deployment=backing_up(timeout=15),
)
def test_a_function_that_ends_with_its_state(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes BackedUpOrder, and CalculatePrice brings no status; no created_at",
    "PersistOrder takes ReservedOrder, and CheckInventory brings an unknown backup_key",
)
def test_a_state_that_runs_another_states_function(_: Definition, states: States) -> None:
    states["CheckInventory"]["Parameters"]["FunctionName"] = "${UpdateStatusFunction}"


def test_the_template_says_how_long_a_function_may_take(tmp_path: Path) -> None:
    found = template(tmp_path, "Timeout: 10", "Timeout: 12")

    assert found.functions["BackUpOrderFunction"].timeout == 12


def test_a_function_with_a_timeout_of_its_own_keeps_it(tmp_path: Path) -> None:
    handler = "Handler: tasks.back_up_order.handler"

    found = template(tmp_path, handler, f"{handler}\n      Timeout: 7")

    assert found.functions["BackUpOrderFunction"].timeout == 7


@pytest.mark.parametrize("handler", ["tasks.back_up_orders.handler", "orders.model.merged"])
def test_a_handler_that_is_none_has_no_signature(tmp_path: Path, handler: str) -> None:
    found = template(tmp_path, "tasks.back_up_order.handler", handler)

    assert found.functions["BackUpOrderFunction"].signature is None


@refused(
    "BackUpOrder runs BackUpOrderFunction, whose handler tasks.back_up_order.handler takes and",
    deployment=backing_up(signature=None),
)
def test_a_function_without_a_handler(_: Definition, __: States) -> None: ...


@refused(
    "BackUpOrder runs BackUpOrderFunction, which the state machine's role may not invoke: add it",
    deployment=backing_up(allowed=False),
)
def test_a_function_that_the_machine_may_not_invoke(_: Definition, __: States) -> None: ...


def test_the_template_says_what_the_machine_may_invoke(tmp_path: Path) -> None:
    listed = "                - !GetAtt BackUpOrderFunction.Arn\n"

    found = template(tmp_path, listed, "")

    assert not found.functions["BackUpOrderFunction"].allowed
    assert found.functions["PersistOrderFunction"].allowed


@refused(
    "BackUpOrder says that it raises BucketGone, which orders/errors.py does not have: add it",
    deployment=backing_up(signature=Signature(StoredOrder, BackedUpOrder, "Raises BucketGone.")),
)
def test_a_docstring_that_raises_what_is_not_there(_: Definition, __: States) -> None: ...
