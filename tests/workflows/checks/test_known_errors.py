"""Error names in Retry and Catch that nobody raises."""

from tests.workflows.machines import Definition, States, refused


@refused("BackUpOrder: Retry names BackupUnavailabel, which nothing raises")
def test_a_misspelt_error_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"][1]["ErrorEquals"].append("BackupUnavailabel")


@refused(
    "BackUpOrder: Retry names Unavailable, a base class, which ASL never sees: "
    "name BackupUnavailable, DatabaseUnavailable, NotPermitted, WorkflowUnavailable"
)
def test_a_base_class_is_refused(_: Definition, states: States) -> None:
    states["BackUpOrder"]["Retry"][1]["ErrorEquals"].append("Unavailable")


@refused("BackUpOrder: Catch names Lambda.Timeout, which nothing raises")
def test_an_error_that_lambda_does_not_have_is_refused(_: Definition, states: States) -> None:
    first = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["Lambda.Timeout"]}
    states["BackUpOrder"]["Catch"].insert(0, first)


@refused("BackUpOrder: Catch names States.Runtime, which ends the execution whatever a state says")
def test_an_error_that_no_catch_sees_is_refused(_: Definition, states: States) -> None:
    first = states["BackUpOrder"]["Catch"][0] | {"ErrorEquals": ["States.Runtime"]}
    states["BackUpOrder"]["Catch"].insert(0, first)
