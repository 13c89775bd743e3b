"""Documents that the next state does not take: flow.py, documents.py, paths.py."""

from typing import Any

from pydantic import Field

from orders.documents.fields import Money
from orders.documents.workflow import (
    AcceptedOrder,
    PricedItem,
    PricedOrder,
    ProcessedOrder,
    WorkflowDocument,
)
from orders.model import NO_MONEY
from tests.workflows.machines import DEPLOYED, Definition, States, refused
from workflows.checks.deployment import Deployment, Signature


def giving(model: type[WorkflowDocument]) -> Deployment:
    """Our functions, but CalculatePrice gives this model."""
    signature = Signature(AcceptedOrder, model)
    priced = DEPLOYED.functions["CalculatePriceFunction"]._replace(signature=signature)
    return DEPLOYED._replace(functions={**DEPLOYED.functions, "CalculatePriceFunction": priced})


class Priced(AcceptedOrder):
    items: tuple[PricedItem, ...] = Field(min_length=1)


class TotalRenamed(Priced):
    total: Money


class TotalAsNumber(Priced):
    total_amount: float


class TotalMaybeNull(Priced):
    total_amount: Money | None = None


class TotalUnbounded(Priced):
    total_amount: str


class ItemsWithoutPrice(AcceptedOrder):
    total_amount: Money


class ItemsMaybeNone(WorkflowDocument):
    order_id: str
    customer_id: str
    items: tuple[PricedItem, ...]
    total_amount: Money


class OneFieldMore(PricedOrder):
    discount: Money = NO_MONEY


class SomebodyElsesOrder(Priced):
    total_amount: Money


class Promised(ProcessedOrder):
    greeting: str


def look(variable: str, **comparison: object) -> dict[str, Any]:
    """A Choice after CalculatePrice."""
    rule = {"Variable": variable, "Next": "CheckInventory", **comparison}
    return {"Type": "Choice", "Comment": "looks.", "Choices": [rule], "Default": "CheckInventory"}


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings no total_amount; an unknown "
    "total: make the two agree in orders/contracts.py",
    deployment=giving(TotalRenamed),
)
def test_a_field_renamed(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings total_amount as number for "
    "number (minimum 0.0) or string",
    deployment=giving(TotalAsNumber),
)
def test_money_as_a_number(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings total_amount as string or null",
    deployment=giving(TotalMaybeNull),
)
def test_money_that_may_be_missing(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings no items[].price",
    deployment=giving(ItemsWithoutPrice),
)
def test_a_field_missing_from_every_item(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings items as array for array "
    "(minItems 1)",
    deployment=giving(ItemsMaybeNone),
)
def test_a_list_that_may_be_empty(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings an unknown discount",
    deployment=giving(OneFieldMore),
)
def test_a_field_that_the_next_state_refuses(_: Definition, __: States) -> None: ...


@refused(
    "CheckInventory takes PricedOrder, and CalculatePrice brings SomebodyElsesOrder, which has "
    "its fields but not its promise (every item is priced)",
    deployment=giving(SomebodyElsesOrder),
)
def test_the_right_fields_of_another_kind_of_order(_: Definition, __: States) -> None: ...


@refused(
    "CalculatePrice takes AcceptedOrder, and the start brings an unknown items[].price; an unknown "
    "total_amount",
    deployment=DEPLOYED._replace(takes=SomebodyElsesOrder),
)
def test_a_start_that_hands_in_too_much(_: Definition, __: States) -> None: ...


@refused(
    "The end takes Promised, and UpdateStatus brings no greeting",
    deployment=DEPLOYED._replace(gives=Promised),
)
def test_an_end_that_lacks_what_is_promised(_: Definition, __: States) -> None: ...


@refused("PersistOrder takes ReservedOrder, and Look brings PricedOrder, which has its fields but")
def test_a_choice_that_goes_around_the_stock(_: Definition, states: States) -> None:
    states["Look"] = look("$.customer_id", StringEquals="FRIEND")
    states["Look"]["Choices"][0]["Next"] = "PersistOrder"
    states["CalculatePrice"]["Next"] = "Look"


@refused(
    "FailOrder takes FailingOrder, and Catch[0] of PersistOrder brings no failure",
)
def test_a_catch_that_drops_the_failure(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = None


@refused("FailOrder takes FailingOrder, and Catch[0] of PersistOrder brings no failure")
def test_a_catch_that_puts_the_failure_elsewhere(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = "$.error"


@refused(
    "FailOrder takes FailingOrder, and Catch[0] of PersistOrder brings items as object for array"
)
def test_a_catch_that_writes_over_the_items(_: Definition, states: States) -> None:
    early = {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "FailOrder"}
    states["PersistOrder"]["Catch"] = [early | {"ResultPath": "$.items"}]


@refused("OrderFailed: ErrorPath reads $.failure.error, which is not sure to be in what FailOrder")
def test_a_fail_state_that_reads_what_is_not_there(_: Definition, states: States) -> None:
    states["OrderFailed"]["ErrorPath"] = "$.failure.error"


@refused("OrderFailed: CausePath reads $.failure as string, and FailOrder brings object")
def test_a_fail_state_that_reads_an_object_as_text(_: Definition, states: States) -> None:
    states["OrderFailed"]["CausePath"] = "$.failure"


@refused("OrderFailed: CausePath reads $$.Execution.Nmae, which the context object lacks")
def test_a_path_that_the_context_object_lacks(_: Definition, states: States) -> None:
    states["OrderFailed"]["CausePath"] = "$$.Execution.Nmae"


@refused("Look: Choices[0] reads $.total_amount as integer or number, and CalculatePrice brings s")
def test_a_choice_that_compares_money_as_a_number(_: Definition, states: States) -> None:
    states["Look"] = look("$.total_amount", NumericGreaterThan=100)
    states["CalculatePrice"]["Next"] = "Look"


@refused("Look: Choices[0] reads $.total, which is not sure to be in what CalculatePrice brings")
def test_a_choice_that_looks_at_nothing(_: Definition, states: States) -> None:
    states["Look"] = look("$.total", StringEquals="1.00")
    states["CalculatePrice"]["Next"] = "Look"


@refused("Look: Choices[0] compares with StringEqual: use one of StringEquals, ")
def test_a_misspelt_comparison(_: Definition, states: States) -> None:
    states["Look"] = look("$.customer_id", StringEqual="X")
    states["CalculatePrice"]["Next"] = "Look"
