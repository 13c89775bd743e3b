"""The slowest way through the machine, and a machine that ends before it."""

import pytest

from tests.workflows.checks.machines import REAL, Definition, States, changed, refused
from workflows.checks.asl import Machine
from workflows.checks.budget import Worst, budget


@refused("The machine's TimeoutSeconds is 1525, and the slowest way through it takes 1525 s")
def test_a_timeout_as_long_as_the_slowest_way(machine: Definition, _: States) -> None:
    machine["TimeoutSeconds"] = 1525


@refused("The machine's TimeoutSeconds is 1800, and the slowest way through it takes 1938 s")
def test_retries_that_add_up_to_too_much(_: Definition, states: States) -> None:
    for name in ("CalculatePrice", "CheckInventory", "PersistOrder"):
        states[name]["TimeoutSeconds"] += 12
    states["UpdateStatus"]["Retry"][1]["MaxAttempts"] = 2


@refused("The machine's TimeoutSeconds is 1800, and the slowest way through it takes 1825 s")
def test_a_wait_that_takes_the_rest(_: Definition, states: States) -> None:
    states["Rest"] = {"Type": "Wait", "Comment": "waits.", "Seconds": 300, "Next": "UpdateStatus"}
    states["BackUpOrder"]["Next"] = "Rest"


def test_every_retrier_counts_its_own_attempts() -> None:
    worst = budget(Machine.model_validate(REAL)).worst

    assert worst["CalculatePrice"] == Worst(1 + 8 + 3, 55 + 7, 12 * 15 + 62)
    assert worst["FailOrder"] == Worst(1 + 8 + 6, 55 + 35, 15 * 15 + 90)
    assert worst["OrderFailed"].seconds == 0


def test_the_slowest_way_fails_in_the_last_state_and_is_compensated() -> None:
    real = budget(Machine.model_validate(REAL))

    assert real.path[-3:] == ["UpdateStatus", "FailOrder", "OrderFailed"]
    assert real.seconds == 5 * 242 + 315


def test_delays_without_a_longest_keep_growing() -> None:
    def change(_: Definition, states: States) -> None:
        del states["FailOrder"]["Retry"][1]["MaxDelaySeconds"]

    worst = budget(Machine.model_validate(changed(change))).worst

    assert worst["FailOrder"].waiting == pytest.approx(55 + 63)
