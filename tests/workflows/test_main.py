"""Whatever is wrong with the code of machine, tasks and models is a sentence with its line."""

from collections.abc import Callable
from typing import Any

import pytest

from orders.documents.workflow import PricedOrder, ReservedOrder
from orders.handlers import task
from workflows.__main__ import sentence


def no_return(order: PricedOrder):  # type: ignore[no-untyped-def]  # noqa: ANN201  # the fault
    return order


def a_dict(order: dict[str, Any]) -> ReservedOrder:
    return ReservedOrder.model_validate(order)


def two_models(order: PricedOrder, more: PricedOrder) -> ReservedOrder:
    return ReservedOrder(**order.model_dump(), **more.model_dump())


def another_name(order: "Priced") -> ReservedOrder:  # type: ignore[name-defined]  # noqa: F821
    return ReservedOrder.model_validate(order)


async def a_coroutine(order: PricedOrder) -> ReservedOrder:
    return ReservedOrder.model_validate(order)


def said_of(wrong: Callable[[], object]) -> str:
    with pytest.raises(Exception) as raised:  # noqa: PT011  # of whatever class
        wrong()
    return sentence(raised.value)


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (no_return, "TypeError: tests.workflows.test_main must take one model and return one"),
        (a_dict, "TypeError: tests.workflows.test_main must take one model and return one"),
        (two_models, "TypeError: tests.workflows.test_main must take one model and return one"),
        (another_name, "NameError: name 'Priced' is not defined."),
        (a_coroutine, "TypeError: tests.workflows.test_main is async, and Lambda awaits nothing"),
    ],
)
def test_a_task_that_is_declared_wrongly(handler: Any, why: str) -> None:  # noqa: ANN401
    said = said_of(lambda: task(title="Wrong.")(handler))

    assert said.startswith("tests/workflows/test_main.py, line ")
    assert f'`said = said_of(lambda: task(title="Wrong.")(handler))`: {why}' in said


def test_a_name_that_is_not_there() -> None:
    assert said_of(lambda: missing) == (  # type: ignore[name-defined]  # noqa: F821
        f"tests/workflows/test_main.py, line {said_line()}, "
        "`assert said_of(lambda: missing) == (  # type: ignore[name-defined]  # noqa: F821`: "
        "NameError: name 'missing' is not defined."
    )


def said_line() -> int:
    """The line of the assertion above."""
    return test_a_name_that_is_not_there.__code__.co_firstlineno + 1


def test_code_that_is_no_python() -> None:
    file = __file__.replace("test_main", "no_such_file")

    assert said_of(lambda: compile("def handler(order)", file, "exec")) == (
        "tests/workflows/no_such_file.py, line 1: SyntaxError: expected ':'."
    )
