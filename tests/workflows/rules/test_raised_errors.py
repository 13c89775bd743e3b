"""The errors that handlers declare, against those that their code can raise."""

import pytest

from orders import step_functions
from orders.errors import ExecutionNotFound, OrderError, OrderNotFound, UnknownProduct
from orders.logs import logger
from orders.model import total_of
from tests.workflows.machines import assert_refused, spec_of, with_specs
from workflows.rules import source
from workflows.rules.raised_errors import MUST_BE_DECLARED, raised_errors


def test_an_error_that_a_task_does_not_declare_is_found() -> None:
    spec = spec_of("CheckInventory")._replace(raises=())

    assert_refused(
        "CheckInventory can raise InsufficientStock, which it does not declare: add it to `raises`"
        " in tasks.check_inventory",
        "CheckInventory can raise OrderAlreadySettled, which it does not declare",
        deployment=with_specs({"CheckInventory": spec}),
    )


def test_an_error_that_a_task_cannot_raise_is_found() -> None:
    spec = spec_of("CheckInventory")

    assert_refused(
        "CheckInventory declares UnknownProduct, which its code cannot raise: remove it from "
        "`raises` in tasks.check_inventory",
        deployment=with_specs(
            {"CheckInventory": spec._replace(raises=(*spec.raises, UnknownProduct))}
        ),
    )


def refusals(function: object) -> set[str]:
    """The names of the errors that a handler would have to declare."""
    found = raised_errors(function)
    return {error.__name__ for error in found if issubclass(error, MUST_BE_DECLARED)}


def test_an_error_of_a_function_that_is_used_counts() -> None:
    def handler() -> None:
        total_of([])

    assert refusals(handler) == {"TotalTooHigh"}


def test_an_error_of_a_function_in_an_imported_module_counts() -> None:
    def handler() -> None:
        step_functions.describe_execution("arn")

    assert refusals(handler) == {"ExecutionNotFound"}


def test_an_error_that_is_caught_does_not_count() -> None:
    def handler() -> None:
        try:
            step_functions.describe_execution("arn")
        except ExecutionNotFound as error:
            raise OrderNotFound from error

    assert refusals(handler) == {"OrderNotFound"}


def test_an_error_whose_base_class_is_caught_does_not_count() -> None:
    def handler() -> None:
        try:
            step_functions.describe_execution("arn")
        except OrderError:
            logger.exception("failed")

    assert raised_errors(handler) == set()


def test_an_error_that_is_caught_and_raised_again_counts() -> None:
    def handler() -> None:
        try:
            step_functions.describe_execution("arn")
        except OrderError:
            logger.exception("failed")
            raise

    assert refusals(handler) == {"ExecutionNotFound"}


def test_functions_that_call_each_other_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "OURS", {"tests"})

    assert refusals(call_other) == {"OrderNotFound"}


def call_other() -> None:
    raise_or_call()


def raise_or_call() -> None:
    if step_functions.is_running("order"):
        raise OrderNotFound
    call_other()
