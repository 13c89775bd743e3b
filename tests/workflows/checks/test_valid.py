"""Machines that are right, however different."""

from orders.documents.workflow import ReservedOrder
from tests.workflows.machines import (
    DEPLOYED,
    Definition,
    States,
    accepted,
    changed,
    put_before,
)
from workflows.rules import findings


@accepted
def test_the_real_one(_: Definition, __: States) -> None: ...


@accepted
def test_another_machine_timeout(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = 86_400


@accepted
def test_a_state_with_more_patience(_: Definition, states: States) -> None:
    states["BackUpOrder"]["TimeoutSeconds"] = 20


@accepted
def test_a_retrier_more(_: Definition, states: States) -> None:
    throttled = states["BackUpOrder"]["Retry"][0]
    busy = throttled | {"ErrorEquals": ["Lambda.EC2ThrottledException"], "JitterStrategy": "NONE"}
    states["BackUpOrder"]["Retry"].append(busy)


@accepted
def test_a_named_error_caught_before_all(_: Definition, states: States) -> None:
    named = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["OrderAlreadySettled"]}
    states["BackUpOrder"]["Catch"].insert(0, named)


@accepted
def test_a_rest_between_two_states(_: Definition, states: States) -> None:
    rest = {"Type": "Wait", "Comment": "waits.", "Seconds": 60}
    put_before("UpdateStatus", states, Rest=rest)


@accepted
def test_a_state_that_does_nothing_yet(_: Definition, states: States) -> None:
    states["Later"] = {"Type": "Pass", "Comment": "does nothing.", "Next": "CheckInventory"}
    states["CalculatePrice"]["Next"] = "Later"


@accepted
def test_a_failure_that_takes_a_detour_to_the_compensation(_: Definition, states: States) -> None:
    states["Breathe"] = {"Type": "Wait", "Comment": "waits.", "Seconds": 5, "Next": "FailOrder"}
    states["BackUpOrder"]["Catch"][0]["Next"] = "Breathe"


@accepted
def test_a_choice_whose_ways_meet_again(_: Definition, states: States) -> None:
    rule = {"Variable": "$.total_amount", "StringEquals": "0.00", "Next": "Rest"}
    states["Look"] = {
        "Type": "Choice",
        "Comment": "looks at the total.",
        "Choices": [rule],
        "Default": "CheckInventory",
    }
    states["Rest"] = {"Type": "Wait", "Comment": "waits.", "Seconds": 1, "Next": "CheckInventory"}
    states["CalculatePrice"]["Next"] = "Look"


@accepted
def test_a_success_with_a_state_of_its_own(_: Definition, states: States) -> None:
    del states["UpdateStatus"]["End"]
    states["UpdateStatus"]["Next"] = "Done"
    states["Done"] = {"Type": "Succeed", "Comment": "the order is processing."}


@accepted
def test_a_task_whose_answer_is_dropped(_: Definition, states: States) -> None:
    early = states["BackUpOrder"] | {"ResultPath": None}
    del early["OutputPath"]
    put_before("BackUpOrder", states, BackUpEarly=early)


@accepted
def test_a_failure_named_after_the_execution(_: Definition, states: States) -> None:
    states["OrderFailed"]["CausePath"] = "$$.Execution.Name"


def test_a_machine_that_only_prices_and_reserves() -> None:
    """Nothing in the checks knows our states by name, but for the compensation."""

    wanted = ("CalculatePrice", "CheckInventory")

    def change(_: Definition, states: States) -> None:
        for name in states.keys() - {*wanted, "FailOrder", "OrderFailed"}:
            del states[name]
        del states["CheckInventory"]["Next"]
        states["CheckInventory"]["End"] = True

    assert findings(changed(change), DEPLOYED._replace(gives=ReservedOrder)) == []
