"""Payloads that the next state refuses: flow.py, payloads.py, types.py, json_paths.py."""

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, create_model

from orders.documents.fields import Money
from orders.documents.workflow import Item, PricedItem, WorkflowDocument
from tests.workflows.machines import (
    Definition,
    States,
    after,
    assert_refused,
    refused,
    spec_of,
    with_specs,
)
from workflows.rules.saga import ORDER_PROCESSING

PRICED = spec_of("CalculatePrice").output
NEXT = after("CalculatePrice")
NEXT_TAKES = f"{NEXT} takes {spec_of(NEXT).input.__name__}, and CalculatePrice passes "

NO_REASON = "OrderFailed does not say why the order failed: set ErrorPath to $.failure.Error and"


def like(model: type[BaseModel], **fields: Any) -> type[WorkflowDocument]:  # noqa: ANN401
    """A model with the fields of this one and these; None removes a field."""
    own: dict[str, Any] = {name: (f.annotation, f) for name, f in model.model_fields.items()}
    wanted = {name: field for name, field in (own | fields).items() if field is not None}
    return create_model("Changed", __base__=WorkflowDocument, **wanted)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"total_amount": None, "total": (Money, ...)}, "no total_amount; an unknown total"),
        (
            {"total_amount": (float, ...)},
            "total_amount as number for number (minimum 0.0) or string",
        ),
        ({"total_amount": (Money | None, None)}, "total_amount as string or null"),
        (
            {"items": (Annotated[tuple[Item, ...], Field(min_length=1)], ...)},
            "no items[].price",
        ),
        ({"items": (tuple[PricedItem, ...], ...)}, "items as array for array (minItems 1)"),
        ({"discount": (Money, 0)}, "an unknown discount"),
        ({}, "Changed, which has its fields but not its guarantee (every item is priced)"),
    ],
    ids=[
        "a field with another name",
        "a number without limits",
        "a field that may be null",
        "items without a price",
        "a list that may be empty",
        "an additional field",
        "the same fields of another model",
    ],
)
def test_an_output_that_the_next_state_does_not_accept_is_refused(
    fields: dict[str, Any], wrong: str
) -> None:
    changed = spec_of("CalculatePrice")._replace(output=like(PRICED, **fields))

    assert_refused(NEXT_TAKES + wrong, deployment=with_specs({"CalculatePrice": changed}))


def test_an_input_that_the_first_state_does_not_accept_is_refused() -> None:
    saga = ORDER_PROCESSING._replace(input=like(ORDER_PROCESSING.input, engraving=(str, "")))

    assert_refused("CalculatePrice takes AcceptedOrder, and the start passes an unknown", saga=saga)


def test_an_output_that_the_saga_does_not_accept_is_refused() -> None:
    saga = ORDER_PROCESSING._replace(output=like(ORDER_PROCESSING.output, greeting=(str, ...)))

    assert_refused("The end takes Changed, and UpdateStatus passes no greeting", saga=saga)


@refused(
    f"{after('CheckInventory')} takes ReservedOrder, and Catch[0] of CheckInventory passes "
    f"{spec_of('CheckInventory').input.__name__}, which has its fields but not its guarantee (the "
    "stock is reserved)"
)
def test_a_path_that_skips_the_reservation_is_refused(_: Definition, states: States) -> None:
    following = after("CheckInventory")
    skip = {"ErrorEquals": ["DatabaseRefused"], "ResultPath": None, "Next": following}
    states["CheckInventory"]["Catch"].insert(0, skip)


@refused("FailOrder takes FailingOrder, and Catch[0] of PersistOrder passes no failure")
def test_a_catch_that_drops_the_failure_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = None


@refused("FailOrder takes FailingOrder, and Catch[0] of PersistOrder passes no failure")
def test_a_catch_that_puts_the_failure_elsewhere_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = "$.error"


@refused(
    "FailOrder takes FailingOrder, and Catch[0] of PersistOrder passes items as object for array"
)
def test_a_catch_that_overwrites_the_items_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ResultPath"] = "$.items"


@refused(
    "OrderFailed: ErrorPath reads $.failure.error, which may be missing from what FailOrder",
    NO_REASON,
)
def test_a_fail_state_that_reads_a_missing_field_is_refused(_: Definition, states: States) -> None:
    states["OrderFailed"]["ErrorPath"] = "$.failure.error"


@refused("OrderFailed: CausePath reads $.failure, which FailOrder passes as object", NO_REASON)
def test_a_fail_state_that_reads_an_object_is_refused(_: Definition, states: States) -> None:
    states["OrderFailed"]["CausePath"] = "$.failure"


@refused(
    "OrderFailed: CausePath reads $$.Execution.Nmae, which the context object lacks: use $$.",
    NO_REASON,
)
def test_a_path_that_the_context_object_lacks_is_refused(_: Definition, states: States) -> None:
    states["OrderFailed"]["CausePath"] = "$$.Execution.Nmae"
