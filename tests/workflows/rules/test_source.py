"""Which functions a handler may reach."""

from collections.abc import Callable

import pytest

from orders import step_functions
from orders.step_functions import describe_execution
from workflows.rules import source
from workflows.rules.source import reached


class Caller:
    """Calls as a method and as a property."""

    def method(self) -> object:
        return step_functions.newest_events

    @property
    def of_a_property(self) -> object:
        return step_functions.execution_names


CALLS = {"find": (step_functions.find_execution,)}


def by_name() -> object:
    return describe_execution("arn")


def by_module() -> object:
    return step_functions.is_running("order")


def in_a_collection() -> object:
    return CALLS["find"][0]("order")


def in_a_class() -> object:
    return Caller()


def by_an_import_of_its_own() -> object:
    from orders.step_functions import is_running  # noqa: PLC0415

    return is_running("order")


def in_a_function_of_its_own() -> object:
    def call() -> object:
        return describe_execution("arn")

    return call()


@pytest.mark.parametrize(
    ("function", "called"),
    [
        (by_name, {"describe_execution"}),
        (by_module, {"is_running", "find_execution", "describe_execution"}),
        (by_an_import_of_its_own, {"is_running", "find_execution", "describe_execution"}),
        (in_a_collection, {"find_execution", "describe_execution"}),
        (in_a_class, {"newest_events", "execution_names"}),
        (in_a_function_of_its_own, {"describe_execution"}),
    ],
)
def test_a_function_that_is_named_is_reached(
    monkeypatch: pytest.MonkeyPatch, function: Callable[[], object], called: set[str]
) -> None:
    monkeypatch.setattr(source, "OURS", {*source.OURS, __name__.split(".")[0]})

    assert called <= {each.__name__ for each in reached(function)}


def test_a_function_of_another_package_is_not_reached() -> None:
    assert reached(pytest.fail) == frozenset()
