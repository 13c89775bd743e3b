"""Fields that nobody ever fills: defaults.py."""

from pydantic import Field

from orders.documents.workflow import FailedOrder, FailingItem, FailingOrder
from tests.workflows.machines import DEPLOYED, Definition, States, refused
from workflows.checks.deployment import Deployment, Signature


def failing_on(model: type[FailingOrder]) -> Deployment:
    """Our functions, but FailOrder takes this model."""
    signature = Signature(model, FailedOrder)
    undoing = DEPLOYED.functions["FailOrderFunction"]._replace(signature=signature)
    return DEPLOYED._replace(functions={**DEPLOYED.functions, "FailOrderFunction": undoing})


class TotalUnderAnotherName(FailingOrder):
    total: str = "0.00"


class ItemUnderAnotherName(FailingItem):
    cost: str = "0.00"


class ItemsUnderAnotherName(FailingOrder):
    items: tuple[ItemUnderAnotherName, ...] = Field(min_length=1)


@refused(
    "FailOrder takes total where there is one, and no way to it brings one: give it, or take it "
    "out of its model in orders/contracts.py",
    deployment=failing_on(TotalUnderAnotherName),
)
def test_a_field_that_everybody_else_calls_otherwise(_: Definition, __: States) -> None: ...


@refused(
    "FailOrder takes items[].cost where there is one, and no way to it brings one",
    deployment=failing_on(ItemsUnderAnotherName),
)
def test_a_field_of_an_item_that_everybody_else_calls_otherwise(
    _: Definition, __: States
) -> None: ...
