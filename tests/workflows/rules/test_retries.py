"""What a state retries: all that passes with time, long enough, and nothing that does not pass."""

from tests.workflows.machines import Definition, States, refused


@refused("CheckInventory retries InsufficientStock, which no retry mends: remove it")
def test_a_refusal_must_not_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].append("InsufficientStock")


@refused("CheckInventory retries Runtime.HandlerNotFound, which no retry mends: remove it")
def test_a_wrong_deployment_must_not_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].append("Runtime.HandlerNotFound")


@refused("CheckInventory retries States.ALL, which includes refusals: name the transient errors")
def test_a_forward_state_must_not_retry_everything(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"] = ["States.ALL"]


@refused("CheckInventory does not retry Runtime.OutOfMemory, after which another attempt may")
def test_a_lost_attempt_must_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][1]["ErrorEquals"].remove("Runtime.OutOfMemory")


@refused("CheckInventory waits 0 s on average for DatabaseUnavailable, which may take longer to")
def test_an_outage_must_be_retried(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][0]["ErrorEquals"].remove("DatabaseUnavailable")


@refused("FailOrder waits 0 s on average for Lambda.ResourceNotReadyException, which may take")
def test_the_compensation_must_outlast_a_function_asleep(_: Definition, states: States) -> None:
    states["FailOrder"]["Retry"][0]["ErrorEquals"].remove("Lambda.ResourceNotReadyException")


@refused("FailOrder waits 21211.5 s on average for BackupUnavailable, DatabaseUnavailable, ")
def test_the_compensation_must_outlast_an_outage_of_hours(_: Definition, states: States) -> None:
    states["FailOrder"]["Retry"][0]["MaxAttempts"] -= 1


@refused("FailOrder waits 0 s on average for Sandbox.Timedout, which may take longer to pass: name")
def test_the_compensation_must_outlast_a_network_that_loses_packets(
    _: Definition, states: States
) -> None:
    states["FailOrder"]["Retry"][0]["ErrorEquals"].remove("Sandbox.Timedout")


@refused("CheckInventory waits 15.5 s on average for BackupUnavailable, DatabaseUnavailable, ")
def test_an_outage_must_be_retried_for_minutes(_: Definition, states: States) -> None:
    states["CheckInventory"]["Retry"][0]["MaxAttempts"] = 5


@refused("CheckInventory waits 1.5 s on average for DatabaseUnavailable, which may take longer")
def test_an_outage_must_not_be_retried_shortly(_: Definition, states: States) -> None:
    patiently, shortly = states["CheckInventory"]["Retry"]
    patiently["ErrorEquals"].remove("DatabaseUnavailable")
    shortly["ErrorEquals"].append("DatabaseUnavailable")
