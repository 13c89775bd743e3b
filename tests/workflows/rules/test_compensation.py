"""Failures that skip FailOrder, which would leave stock reserved for an order that failed."""

from copy import deepcopy

from tests.workflows.machines import LAST, Definition, States, refused, spec_of


@refused("PersistOrder does not catch States.ALL, so its failure skips FailOrder")
def test_a_state_without_a_catch_is_refused(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Catch"]


@refused("PersistOrder does not catch States.ALL, so its failure skips FailOrder")
def test_a_catch_of_named_errors_only_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ErrorEquals"] = ["DatabaseUnavailable", "States.Timeout"]


@refused(
    "OrderFailed: CausePath reads $.failure.Cause, which may be missing from what "
    "Catch[0] of PersistOrder passes",
    "PersistOrder: Catch[0] leads to OrderFailed and so skips FailOrder: lead it to FailOrder",
)
def test_a_catch_that_skips_the_compensation_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["Next"] = "OrderFailed"


@refused(
    f"{LAST} takes {spec_of(LAST).input.__name__}, and Catch[0] of PersistOrder passes no status",
    f"PersistOrder: Catch[0] leads to {LAST} and so skips FailOrder: lead it to FailOrder",
)
def test_a_catch_that_leads_forward_is_refused(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["Next"] = LAST


@refused("PersistOrder: Catch[0] leads to GiveUp without FailOrder, so stock could stay reserved")
def test_a_named_error_that_ends_the_execution_is_refused(_: Definition, states: States) -> None:
    states["GiveUp"] = {"Type": "Fail", "Comment": "ends.", "Error": "Broken", "Cause": "why"}
    named = {"ErrorEquals": ["DatabaseRefused"], "ResultPath": "$.failure", "Next": "GiveUp"}
    states["PersistOrder"]["Catch"].insert(0, named)


@refused("Refuse: Next leads to GiveUp without FailOrder, so stock could stay reserved")
def test_a_detour_that_ends_the_execution_is_refused(_: Definition, states: States) -> None:
    states["GiveUp"] = {"Type": "Fail", "Comment": "ends.", "Error": "Broken", "Cause": "why"}
    states["Refuse"] = deepcopy(states["PersistOrder"]) | {"Next": "GiveUp"}
    named = {"ErrorEquals": ["DatabaseRefused"], "ResultPath": None, "Next": "Refuse"}
    states["PersistOrder"]["Catch"].insert(0, named)


@refused("FailOrder does not retry States.ALL, and nothing compensates for it: use RETRY_ALL")
def test_a_compensation_that_does_not_retry_everything_is_refused(
    _: Definition, states: States
) -> None:
    del states["FailOrder"]["Retry"][1]


@refused(
    "OrderFailed: CausePath reads $.failure.Cause, which may be missing from what "
    "Catch[0] of FailOrder passes",
    "FailOrder has a Catch, which would hide that stock was not given back: remove it",
)
def test_a_compensation_with_a_catch_is_refused(_: Definition, states: States) -> None:
    states["FailOrder"]["Catch"] = [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.undo", "Next": "OrderFailed"}
    ]


@refused(
    "The end takes ProcessedOrder, and FailOrder passes no customer_id",
    "FailOrder ends a failed order's execution well: let it lead to a Fail state",
)
def test_a_failed_order_that_ends_well_is_refused(_: Definition, states: States) -> None:
    states["FailOrder"] |= {"End": True}
    del states["FailOrder"]["Next"], states["OrderFailed"]


@refused(
    "Undo retries States.ALL, which includes refusals",
    "FailOrder is not a Task of the machine, so failed orders keep their stock: let every",
)
def test_a_machine_without_the_compensation_is_refused(_: Definition, states: States) -> None:
    states["Undo"] = states.pop("FailOrder")
    for state in states.values():
        for catcher in state.get("Catch", []):
            catcher["Next"] = "Undo"


@refused(
    "OrderFailed does not say why the order failed: set ErrorPath to $.failure.Error and Cause"
)
def test_a_constant_error_is_refused(_: Definition, states: States) -> None:
    states["OrderFailed"] = {"Type": "Fail", "Comment": "ends.", "Error": "Failed", "Cause": "x"}


@refused(
    "OrderFailed does not say why the order failed: set ErrorPath to $.failure.Error and Cause"
)
def test_a_cause_in_the_place_of_the_error_is_refused(_: Definition, states: States) -> None:
    states["OrderFailed"] |= {"ErrorPath": "$.failure.Cause", "CausePath": "$.failure.Error"}
