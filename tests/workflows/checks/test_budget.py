"""The slowest way through the machine, and a machine that ends before it."""

from tests.workflows.machines import REAL, Definition, States, put_before, refused
from workflows.checks.asl import Machine
from workflows.checks.budget import Worst, budget

NOW = budget(Machine.model_validate(REAL))
SLOWEST = int(NOW.seconds)


@refused(
    f"The machine's TimeoutSeconds is {SLOWEST}, and the slowest way through it takes {SLOWEST} s"
)
def test_a_timeout_as_long_as_the_slowest_way(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = SLOWEST


@refused(
    f"The machine's TimeoutSeconds is {SLOWEST + 1}, and the slowest way through it takes "
    f"{SLOWEST + 144} s"
)
def test_a_state_that_waits_longer_every_time(machine: Definition, states: States) -> None:
    machine["TimeoutSeconds"] = SLOWEST + 1
    states["PersistOrder"]["TimeoutSeconds"] += 12


@refused(
    f"The machine's TimeoutSeconds is {SLOWEST + 1}, and the slowest way through it takes "
    f"{SLOWEST + 50} s"
)
def test_retries_that_add_up_to_too_much(machine: Definition, states: States) -> None:
    machine["TimeoutSeconds"] = SLOWEST + 1
    states["FailOrder"]["Retry"][1]["MaxAttempts"] += 2


@refused(
    f"The machine's TimeoutSeconds is {SLOWEST + 1}, and the slowest way through it takes "
    f"{SLOWEST + 300} s"
)
def test_a_rest_that_takes_too_long(machine: Definition, states: States) -> None:
    machine["TimeoutSeconds"] = SLOWEST + 1
    rest = {"Type": "Wait", "Comment": "waits.", "Seconds": 300}
    put_before("UpdateStatus", states, Rest=rest)


def test_every_retrier_counts_its_own_attempts() -> None:
    assert NOW.worst["CalculatePrice"] == Worst(1 + 8 + 3, 55 + 7, 12 * 15 + 62)
    assert NOW.worst["FailOrder"] == Worst(1 + 8 + 6, 55 + 35, 15 * 15 + 90)
    assert NOW.worst["OrderFailed"].seconds == 0


def test_the_slowest_way_fails_in_the_last_state_and_is_compensated() -> None:
    assert NOW.path[-3:] == ["UpdateStatus", "FailOrder", "OrderFailed"]
    assert NOW.seconds == (len(NOW.path) - 2) * 242 + 315
