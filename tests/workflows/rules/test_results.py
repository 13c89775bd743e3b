"""Handlers whose answer is not what they declare."""

from typing import Any

import pytest

from orders.documents.workflow import BackedUpOrder, PricedOrder, ReservedOrder
from tests.workflows.machines import assert_refused, assert_sentences, spec_of, with_specs
from workflows.rules.results import wrong_results

SPEC = spec_of("CheckInventory")


def its_input(order: PricedOrder) -> Any:  # noqa: ANN401  # the fault
    return order


def an_earlier_model(order: PricedOrder) -> Any:  # noqa: ANN401  # the fault
    return PricedOrder(**order.model_dump())


def a_later_model(order: PricedOrder) -> ReservedOrder:
    return BackedUpOrder.model_validate(order.model_dump())


def a_dictionary(order: PricedOrder) -> Any:  # noqa: ANN401  # the fault
    return order.model_dump()


def nothing_sometimes(order: PricedOrder) -> ReservedOrder | None:
    if order.items:
        return ReservedOrder(**order.model_dump())
    return None


@pytest.mark.parametrize(
    "handler", [its_input, an_earlier_model, a_later_model, a_dictionary, nothing_sometimes]
)
def test_another_answer_than_the_declared_one_is_refused(handler: object) -> None:
    assert_sentences(
        list(wrong_results("CheckInventory", handler, SPEC)),
        "CheckInventory declares that it returns ReservedOrder, and `return ",
    )


def test_a_best_effort_task_may_return_its_input() -> None:
    spec = SPEC._replace(output=PricedOrder)

    assert list(wrong_results("Notify", its_input, spec)) == []


def test_the_proof_has_this_rule() -> None:
    claims = SPEC._replace(output=type("Claimed", (ReservedOrder,), {"label": "x"}))

    assert_refused(
        "CheckInventory returns Claimed, and ",
        "CheckInventory declares that it returns Claimed, and `return ReservedOrder.model_validate",
        deployment=with_specs({"CheckInventory": claims}),
    )
