"""What a forward state retries: transient errors, all of them and no others."""

from tests.workflows.machines import Definition, States, refused


@refused("CheckInventory retries InsufficientStock, which no retry mends")
def test_a_refusal_must_not_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].append("InsufficientStock")


@refused("CheckInventory retries States.ALL, which includes refusals: name the transient errors")
def test_a_forward_state_must_not_retry_everything(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"] = ["States.ALL"]


@refused("CheckInventory does not retry DatabaseUnavailable, which may be transient: add them")
def test_an_outage_must_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].remove("DatabaseUnavailable")


@refused("CheckInventory does not retry Lambda.TooManyRequestsException, which may be transient")
def test_a_throttled_call_must_be_retried(_: Definition, states: States) -> None:
    del states["CheckInventory"]["Retry"][0]
