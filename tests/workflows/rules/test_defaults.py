"""Optional fields that no path ever fills."""

import pytest
from pydantic import Field

from orders.documents.workflow import FailingItem, FailingOrder, WorkflowDocument
from tests.workflows.machines import assert_refused, spec_of, with_specs


class TotalUnderAnotherName(FailingOrder):
    total: str = "0.00"


class ItemUnderAnotherName(FailingItem):
    cost: str = "0.00"


class ItemsUnderAnotherName(FailingOrder):
    items: tuple[ItemUnderAnotherName, ...] = Field(min_length=1)


@pytest.mark.parametrize(
    ("model", "field"), [(TotalUnderAnotherName, "total"), (ItemsUnderAnotherName, "items[].cost")]
)
def test_a_field_that_no_path_fills_is_refused(model: type[WorkflowDocument], field: str) -> None:
    renamed = spec_of("FailOrder")._replace(input=model)

    assert_refused(
        f"FailOrder takes an optional {field}, and no path to it has one: add it to the output",
        deployment=with_specs({"FailOrder": renamed}),
    )
