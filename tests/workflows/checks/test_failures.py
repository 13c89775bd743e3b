"""Errors that no Retry and no Catch should name, and those that are missing."""

from tests.workflows.machines import Definition, States, refused


@refused("BackUpOrder: Retry names BackupUnavailabel, which nothing raises")
def test_a_misspelt_error(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"][1]["ErrorEquals"].append("BackupUnavailabel")


@refused(
    "BackUpOrder: Retry names Unavailable, a base class, which ASL never sees: "
    "name BackupUnavailable, DatabaseUnavailable, WorkflowUnavailable"
)
def test_a_base_class_retried(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"][1]["ErrorEquals"].append("Unavailable")


@refused("BackUpOrder: Catch names Lambda.Timeout, which nothing raises")
def test_an_error_that_lambda_does_not_have(_: Definition, states: States) -> None:
    early = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["Lambda.Timeout"]}
    states["BackUpOrder"]["Catch"].insert(0, early)


@refused("BackUpOrder: Catch names States.Runtime, which ends the execution whatever a state says")
def test_an_error_that_nobody_can_catch(_: Definition, states: States) -> None:
    early = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["States.Runtime"]}
    states["BackUpOrder"]["Catch"].insert(0, early)


@refused("CheckInventory retries InsufficientStock, which no retry mends")
def test_a_refusal_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].append("InsufficientStock")


@refused("CheckInventory retries States.ALL, refusals of the order included: name what may pass")
def test_everything_retried_by_a_forward_state(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"] = ["States.ALL"]


@refused("CheckInventory does not retry DatabaseUnavailable, which may pass: add them")
def test_an_outage_not_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].remove("DatabaseUnavailable")


@refused("CheckInventory does not retry Lambda.TooManyRequestsException, which may pass")
def test_a_throttled_call_not_retried(_: Definition, states: States) -> None:
    del states["CheckInventory"]["Retry"][0]
