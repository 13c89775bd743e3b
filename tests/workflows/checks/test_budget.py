"""The slowest path through the machine, and a machine that times out before its end."""

from tests.workflows.machines import FORWARD, LAST, REAL, Definition, States, refused
from workflows.checks.asl import Machine
from workflows.checks.budget import WorstCase, budget

REAL_BUDGET = budget(Machine.model_validate(REAL))
SECONDS = int(REAL_BUDGET.seconds)


def too_slow(timeout: int, seconds: int) -> str:
    """The finding."""
    return f"The machine's TimeoutSeconds is {timeout}, and its slowest path takes {seconds} s"


@refused(too_slow(SECONDS, SECONDS))
def test_a_timeout_must_be_longer_than_the_slowest_path(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = SECONDS


@refused(too_slow(SECONDS + 1, SECONDS + 144))
def test_a_longer_timeout_of_a_state_counts_for_each_attempt(
    machine: Definition, states: States
) -> None:
    machine["TimeoutSeconds"] = SECONDS + 1
    states["PersistOrder"]["TimeoutSeconds"] += 12


@refused(too_slow(SECONDS + 1, SECONDS + 50))
def test_more_retries_count_with_their_timeouts_and_delays(
    machine: Definition, states: States
) -> None:
    machine["TimeoutSeconds"] = SECONDS + 1
    states["FailOrder"]["Retry"][1]["MaxAttempts"] += 2


def test_every_retrier_counts_its_own_attempts() -> None:
    worst_cases = REAL_BUDGET.worst_cases
    assert worst_cases["CalculatePrice"] == WorstCase(1 + 8 + 3, 55 + 7, 12 * 15 + 62)
    assert worst_cases["FailOrder"] == WorstCase(1 + 8 + 6, 55 + 35, 15 * 15 + 90)
    assert worst_cases["OrderFailed"].seconds == 0


def test_a_throttled_function_is_retried_more_often_than_a_broken_one() -> None:
    for name in FORWARD:
        throttled, transient = REAL["States"][name]["Retry"]
        assert throttled["ErrorEquals"] == ["Lambda.TooManyRequestsException"]
        assert throttled["MaxAttempts"] > 2 * transient["MaxAttempts"]


def test_the_slowest_path_fails_in_the_last_state_and_is_compensated() -> None:
    assert REAL_BUDGET.path == [*FORWARD, "FailOrder", "OrderFailed"]
    assert REAL_BUDGET.path[-3] == LAST
    assert REAL_BUDGET.seconds == len(FORWARD) * 242 + 315
