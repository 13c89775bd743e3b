"""Which open orders a run looks at, and in which order."""

import math

import pytest

from operations.reconciler import open_orders
from operations.reconciler.limits import Limits
from tests.operations.operated import Operated
from tests.running.builders import a_line


@pytest.fixture
def ids(system: Operated, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Seven open orders, the oldest first, of which two fit on a page."""
    monkeypatch.setattr(open_orders, "PAGE_SIZE", 2)
    system.forget_everything()
    made = [system.create(a_line(system.product())) for _ in range(7)]
    for minutes, order_id in enumerate(reversed(made)):
        for _ in range(minutes + 2):
            system.make_older(order_id)
    return made


def listed() -> list[str]:
    return list(open_orders.open_orders(60, Limits(math.inf, math.inf)))


@pytest.mark.parametrize("chance", [0.0, 0.1, 0.5, 0.99])
def test_every_open_order_is_listed_once(
    ids: list[str], chance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: chance)

    assert listed()[:2] == ids[:2]
    assert sorted(listed()) == sorted(ids)


def test_the_younger_ones_begin_with_any_of_them_so_that_none_is_always_the_last(
    ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Running orders that are older than a lost one must not keep it waiting in each run."""
    third = set()
    for tenths in range(10):
        monkeypatch.setattr("random.random", lambda chance=tenths / 10: chance)
        third.add(listed()[2])

    assert third == set(ids[2:])


def test_young_orders_are_not_listed(system: Operated, ids: list[str]) -> None:
    young = system.create(a_line(system.product()))

    assert young not in listed()
