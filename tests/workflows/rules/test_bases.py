"""Models that promise too little or too much."""

import pytest

from orders.documents.workflow import BackedUpOrder, ReservedOrder, StoredOrder
from tests.workflows.machines import (
    REAL,
    after,
    assert_refused,
    assert_sentences,
    spec_of,
    with_specs,
)
from workflows.checks.asl import Machine
from workflows.rules.bases import check_bases

MACHINE = Machine.model_validate(REAL)


class CourieredOrder(StoredOrder):
    """What a new state before BackUpOrder returns."""

    courier: str


def test_an_output_that_is_not_based_on_the_input_is_refused() -> None:
    spec = spec_of("BackUpOrder")._replace(input=CourieredOrder, output=BackedUpOrder)

    assert list(check_bases(MACHINE, with_specs({"BackUpOrder": spec}))) == [
        (
            "BackUpOrder takes CourieredOrder and returns BackedUpOrder, which is not based on it: "
            "make CourieredOrder the base of BackedUpOrder."
        )
    ]


def test_a_task_that_claims_what_the_next_one_does_is_refused() -> None:
    claims = spec_of("CalculatePrice")._replace(output=ReservedOrder)
    following = after("CalculatePrice")

    assert_sentences(
        list(check_bases(MACHINE, with_specs({"CalculatePrice": claims}))),
        f"CalculatePrice returns ReservedOrder, and {following} takes less, PricedOrder, so "
        f"{following} cannot be what makes it true that the stock is reserved: let one return what",
    )


def test_an_open_model_is_no_guarantee(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ReservedOrder.model_config, "extra", "ignore")

    assert_refused(
        f"{after('CheckInventory')} takes ReservedOrder, which ignores unknown fields, so it "
        "accepts the document of any state"
    )
