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


class Located(ReservedOrder):
    """A model with one more field, which no code sets yet."""

    label = "the stock is reserved in a warehouse"
    warehouse: str


def by_keywords(order: PricedOrder) -> Located:
    return Located(**order.model_dump(exclude={"items"}), items=())


def by_a_dump(order: PricedOrder) -> Located:
    return Located.model_validate(order.model_dump())


def by_two_dictionaries(order: PricedOrder) -> Located:
    return Located.model_validate(order.model_dump() | {"status": "pending"})


def with_the_field(order: PricedOrder) -> Located:
    return Located.model_validate(order.model_dump() | {"warehouse": "1"})


def of_unknown_fields(order: PricedOrder) -> Located:
    return Located.model_validate(order.model_dump() | dict(order))


@pytest.mark.parametrize("handler", [by_keywords, by_a_dump, by_two_dictionaries])
def test_an_answer_without_a_required_field_is_refused(handler: object) -> None:
    assert_sentences(
        list(wrong_results("CheckInventory", handler, SPEC._replace(output=Located))),
        "CheckInventory returns Located without warehouse, which Located requires: set it in ",
    )


def test_a_field_that_is_left_out_is_one_that_is_not_set() -> None:
    def handler(order: PricedOrder) -> ReservedOrder:
        return ReservedOrder(**order.model_dump(exclude={"items"}))

    assert_sentences(
        list(wrong_results("CheckInventory", handler, SPEC)),
        "CheckInventory returns ReservedOrder without items, which ReservedOrder requires",
    )


@pytest.mark.parametrize("handler", [with_the_field, of_unknown_fields])
def test_an_answer_that_has_the_field_or_cannot_be_read_is_accepted(handler: object) -> None:
    assert list(wrong_results("CheckInventory", handler, SPEC._replace(output=Located))) == []


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
