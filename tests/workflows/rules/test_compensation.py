"""Ways past FailOrder, which would leave stock taken for an order that failed."""

from tests.workflows.machines import Definition, States, put_before, refused


@refused("PersistOrder does not catch States.ALL, so its failure skips FailOrder")
def test_a_catch_removed(_: Definition, states: States) -> None:
    del states["PersistOrder"]["Catch"]


@refused("PersistOrder does not catch States.ALL, so its failure skips FailOrder")
def test_a_catch_of_named_errors_only(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["ErrorEquals"] = ["DatabaseUnavailable", "States.Timeout"]


@refused(
    "OrderFailed: CausePath reads $.failure.Cause, which is not sure to be in what Catch[0] of "
    "PersistOrder brings",
    "PersistOrder: Catch[0] leads to OrderFailed and past FailOrder: lead it to FailOrder",
)
def test_a_catch_that_leads_past_the_compensation(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["Next"] = "OrderFailed"


@refused(
    "UpdateStatus takes BackedUpOrder, and Catch[0] of PersistOrder brings no status"
    "; no created_at",
    "PersistOrder: Catch[0] leads to UpdateStatus and past FailOrder: lead it to FailOrder",
)
def test_a_catch_pointed_forward(_: Definition, states: States) -> None:
    states["PersistOrder"]["Catch"][0]["Next"] = "UpdateStatus"


@refused("PersistOrder: Catch[0] leads to GiveUp without FailOrder, so stock could stay taken")
def test_a_named_error_that_fails_at_once(_: Definition, states: States) -> None:
    states["GiveUp"] = {"Type": "Fail", "Comment": "ends.", "Error": "Broken", "Cause": "why"}
    named = {"ErrorEquals": ["DatabaseRefused"], "ResultPath": "$.failure", "Next": "GiveUp"}
    states["PersistOrder"]["Catch"].insert(0, named)


@refused("Look: Choices[0] leads to GiveUp without FailOrder, so stock could stay taken")
def test_a_choice_that_fails_at_once(_: Definition, states: States) -> None:
    states["GiveUp"] = {"Type": "Fail", "Comment": "ends.", "Error": "Broken", "Cause": "why"}
    rule = {"Variable": "$.customer_id", "StringEquals": "X", "Next": "GiveUp"}
    look = {"Type": "Choice", "Comment": "looks.", "Choices": [rule]}
    put_before("BackUpOrder", states, Look=look)


@refused("FailOrder does not retry States.ALL, and nothing stands behind it: use RETRY_ALL")
def test_a_compensation_that_gives_up_early(_: Definition, states: States) -> None:
    states["FailOrder"]["Retry"] = states["PersistOrder"]["Retry"]


@refused(
    "OrderFailed: CausePath reads $.failure.Cause, which is not sure to be in what Catch[0] of "
    "FailOrder brings",
    "FailOrder has a Catch, which would hide that stock was not given back: take it out",
)
def test_a_compensation_that_is_caught(_: Definition, states: States) -> None:
    states["FailOrder"]["Catch"] = [
        {"ErrorEquals": ["States.ALL"], "ResultPath": "$.undo", "Next": "OrderFailed"}
    ]


@refused(
    "The end takes ProcessedOrder, and FailOrder brings no customer_id",
    "FailOrder ends a failed order's execution well: let it lead to a Fail state",
)
def test_a_failed_order_that_ends_well(_: Definition, states: States) -> None:
    states["FailOrder"] |= {"End": True}
    del states["FailOrder"]["Next"], states["OrderFailed"]


@refused(
    "Undo retries States.ALL, refusals of the order included",
    "FailOrder is not a Task of the machine, so failed orders keep their stock: add it",
)
def test_no_compensation(_: Definition, states: States) -> None:
    states["Undo"] = states.pop("FailOrder")
    for state in states.values():
        for catcher in state.get("Catch", []):
            catcher["Next"] = "Undo"
