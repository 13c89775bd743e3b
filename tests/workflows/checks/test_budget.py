"""The slowest path through the machine, and a machine that times out before its end."""

import pytest

from orders.step_functions import NEWEST_EVENTS
from tests.workflows.machines import FORWARD, LAST, REAL, Definition, States, refused
from workflows.checks.asl import Machine
from workflows.checks.budget import WorstCase, budget

MACHINE = Machine.model_validate(REAL)
REAL_BUDGET = budget(MACHINE)
SECONDS = int(REAL_BUDGET.seconds)


def too_slow(timeout: int, seconds: int) -> str:
    """The finding."""
    return f"The machine's TimeoutSeconds is {timeout}, and its slowest path takes {seconds} s"


@refused(too_slow(SECONDS, SECONDS))
def test_a_timeout_must_be_longer_than_the_slowest_path(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = SECONDS


@refused(too_slow(SECONDS + 1, SECONDS + 19 * 12))
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
    assert worst_cases["CalculatePrice"] == WorstCase(1 + 16 + 2, 663 + 3, 19 * 15 + 666)
    assert worst_cases["FailOrder"] == WorstCase(1 + 57 + 6, 43323 + 35, 64 * 15 + 43358)
    assert worst_cases["OrderFailed"].seconds == 0


@pytest.mark.parametrize("state", FORWARD)
def test_an_outage_is_retried_for_five_minutes_on_average_and_eleven_at_most(state: str) -> None:
    patiently = MACHINE.states[state].retry[0]  # type: ignore[union-attr]  # it is a Task

    assert patiently.average_wait() > 300
    assert sum(patiently.delays()) == pytest.approx(11 * 60, rel=0.01)


@pytest.mark.parametrize("error", ["DatabaseUnavailable", "Sandbox.Timedout", "States.Timeout"])
def test_the_compensation_outlasts_six_hours_on_average_and_twelve_at_most(error: str) -> None:
    for_hours = MACHINE.states["FailOrder"].retry[0]  # type: ignore[union-attr]  # it is a Task

    assert error in for_hours.error_equals
    assert for_hours.average_wait() > 6 * 3600
    assert sum(for_hours.delays()) == pytest.approx(12 * 3600, rel=0.01)


def test_the_newest_events_that_are_read_reach_back_to_the_entry_of_the_state() -> None:
    """Each attempt is scheduled, started and ended (orders/step_functions.py reads the newest)."""
    attempts = max(worst.attempts for worst in REAL_BUDGET.worst_cases.values())

    assert 1 + 3 * attempts < NEWEST_EVENTS


def test_the_slowest_path_fails_in_the_last_state_and_is_compensated() -> None:
    assert REAL_BUDGET.path == [*FORWARD, "FailOrder", "OrderFailed"]
    assert REAL_BUDGET.path[-3] == LAST
    assert REAL_BUDGET.seconds == len(FORWARD) * 951 + 44318
