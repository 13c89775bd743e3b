"""Fields of the accepted order that are lost before the end."""

from collections.abc import Collection, Mapping
from typing import Any

import pytest
from pydantic import BaseModel, Field, create_model

from orders.documents.api import OrderDetails, OrderSummary
from orders.documents.workflow import AcceptedOrder, Item
from tests.workflows.machines import (
    FORWARD,
    REAL,
    assert_refused,
    assert_sentences,
    spec_of,
    with_specs,
)
from workflows.checks.asl import Machine
from workflows.rules.kept_fields import check_kept_fields
from workflows.rules.saga import ORDER_PROCESSING, Saga

MACHINE = Machine.model_validate(REAL)
API = "The API, with the backup,"
FIX = "add it there, or declare in ends_in (workflows/rules/saga.py) in which state it ends."


class EngravedOrder(AcceptedOrder):
    engraving: str = ""


class EngravedItem(Item):
    engraving: str = ""


class OrderOfEngravedItems(AcceptedOrder):
    items: tuple[EngravedItem, ...] = Field(min_length=1)


def engraved(model: type[BaseModel]) -> Any:  # noqa: ANN401  # a model of the same kind
    """The model with an engraving."""
    return create_model(f"Engraved{model.__name__}", __base__=model, engraving=(str, ""))


def lost(saga: Saga, *, kept_by: Collection[str]) -> list[str]:
    """What the rule finds when only these states and stores have an engraving."""
    specs = {name: spec_of(name) for name in (*FORWARD, saga.compensation) if name in kept_by}
    deployment = with_specs(
        {
            name: spec._replace(input=engraved(spec.input), output=engraved(spec.output))
            for name, spec in specs.items()
        }
    )
    if API in kept_by:
        saga = saga._replace(stored_as=engraved(OrderDetails))
    return list(check_kept_fields(MACHINE, deployment, saga))


def engraved_saga(ends_in: Mapping[str, str] | None = None) -> Saga:
    ends = {**ORDER_PROCESSING.ends_in, **(ends_in or {})}
    return ORDER_PROCESSING._replace(input=EngravedOrder, ends_in=ends)


EVERYBODY = (*FORWARD, "FailOrder", API)


def test_a_field_that_everybody_keeps_is_accepted() -> None:
    assert lost(engraved_saga(), kept_by=EVERYBODY) == []


@pytest.mark.parametrize("loser", EVERYBODY)
def test_whoever_drops_a_field_is_named_with_the_field_and_the_fix(loser: str) -> None:
    found = lost(engraved_saga(), kept_by=set(EVERYBODY) - {loser})

    assert_sentences(found, f"{loser} drops engraving, which ")
    assert found[0].endswith(FIX)


def test_a_field_of_an_item_is_a_field() -> None:
    saga = ORDER_PROCESSING._replace(input=OrderOfEngravedItems)

    assert_sentences(
        lost(saga, kept_by=()), *(f"{each} drops items[].engraving," for each in EVERYBODY)
    )


@pytest.mark.parametrize("state", FORWARD)
def test_a_field_may_end_where_it_is_declared_to_end(state: str) -> None:
    before = FORWARD[: FORWARD.index(state)]

    assert lost(engraved_saga({"engraving": state}), kept_by=before) == []


def test_a_field_must_not_end_before_the_state_where_it_is_declared_to_end() -> None:
    *before, state = FORWARD

    found = lost(engraved_saga({"engraving": state}), kept_by=before[:-1])

    assert_sentences(found, f"{before[-1]} drops engraving, which ")


def test_a_declaration_of_an_unknown_field_or_state_is_refused() -> None:
    wrong = {"nota": FORWARD[0], "items": "Nowhere"}
    saga = ORDER_PROCESSING._replace(ends_in={**ORDER_PROCESSING.ends_in, **wrong})

    assert_refused(
        f"nota is declared to end in {FORWARD[0]}, and AcceptedOrder does not have it: correct",
        "items is declared to end in Nowhere, which is no forward state: correct",
        saga=saga,
    )


def test_the_proof_has_this_rule() -> None:
    saga = ORDER_PROCESSING._replace(stored_as=OrderSummary)

    assert_refused(
        *(
            f"{API} drops {field}, which OrderSummary lacks: {FIX}"
            for field in ("items", "items[].product_id", "items[].quantity")
        ),
        saga=saga,
    )
