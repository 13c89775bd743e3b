"""Errors that were moved in the tree of orders/errors.py, so that they would be retried wrongly."""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import pytest

from orders.errors import (
    BackupUnavailable,
    DatabaseRefused,
    DatabaseUnavailable,
    InsufficientStock,
    OrderError,
    OrderRefused,
    TotalTooHigh,
    Unavailable,
    UnknownProduct,
)
from tests.workflows.machines import assert_refused, spec_of, with_specs

Move: TypeAlias = Callable[[type[OrderError], type[OrderError]], None]


@pytest.fixture
def move() -> Iterator[Move]:
    """Moves a class below another one, until the test ends."""
    moved: list[tuple[type[OrderError], tuple[type, ...]]] = []

    def move_below(error: type[OrderError], base: type[OrderError]) -> None:
        moved.append((error, error.__bases__))
        error.__bases__ = (base,)

    yield move_below
    for error, bases in moved:
        error.__bases__ = bases


@pytest.mark.parametrize("error", [DatabaseUnavailable, BackupUnavailable])
@pytest.mark.parametrize("base", [OrderRefused, OrderError])
def test_an_outage_that_is_no_longer_retried(
    error: type[OrderError], base: type[OrderError], move: Move
) -> None:
    move(error, base)

    name = error.__name__
    sentences = [f"{name} is not below Unavailable in orders/errors.py, so no state retries this"]
    if error is BackupUnavailable and base is OrderError:
        sentences.append(
            "BackUpOrder declares BackupUnavailable, which is neither a refusal nor an"
        )
    assert_refused(*sentences)


@pytest.mark.parametrize("error", [InsufficientStock, DatabaseRefused])
def test_a_refusal_that_is_retried_for_minutes(error: type[OrderError], move: Move) -> None:
    move(error, Unavailable)

    assert_refused(f"{error.__name__} is below Unavailable in orders/errors.py, so every state")


def test_a_refusal_that_is_none_any_more(move: Move) -> None:
    move(TotalTooHigh, OrderError)

    assert_refused("CalculatePrice declares TotalTooHigh, which is neither a refusal nor an outage")


def test_an_error_that_gets_a_subclass_is_in_no_retry_any_more(move: Move) -> None:
    move(UnknownProduct, InsufficientStock)

    assert_refused(
        "CheckInventory can raise InsufficientStock, which has subclasses, so no Retry names it: "
        "raise UnknownProduct, or "
    )


@pytest.mark.parametrize(
    ("raises", "beginning"),
    [
        (InsufficientStock, "CheckInventory declares one error, and no tuple of them"),
        (("InsufficientStock",), "CheckInventory declares 'InsufficientStock', which is no class"),
    ],
)
def test_a_declaration_of_no_errors(raises: Any, beginning: str) -> None:  # noqa: ANN401
    declares = spec_of("CheckInventory")._replace(raises=raises)

    assert_refused(beginning, deployment=with_specs({"CheckInventory": declares}))
