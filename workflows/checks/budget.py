"""The budget: the longest that an execution can take, against the machine's own timeout."""

from collections.abc import Iterator
from typing import NamedTuple

from workflows.checks.asl import Machine, State, Task
from workflows.checks.graph import in_order, transitions


class WorstCase(NamedTuple):
    """The longest run of a state: it uses every attempt of every retrier, and each times out.

    `waiting` is the time between the attempts, `seconds` the whole time, both in seconds.
    """

    attempts: int
    waiting: float
    seconds: float


class Budget(NamedTuple):
    """The slowest path through the machine, and the machine's timeout as its `limit`."""

    worst_cases: dict[str, WorstCase]
    path: list[str]
    seconds: float
    limit: int


def worst_case(state: State) -> WorstCase:
    """The worst case of a state.

    Each retrier counts its own attempts, so one error after the other can use up all of them.
    """
    if not isinstance(state, Task):
        return WorstCase(1, 0, 0)
    delays = [delay for retrier in state.retry for delay in retrier.delays()]
    attempts = 1 + len(delays)
    return WorstCase(attempts, sum(delays), attempts * state.timeout_seconds + sum(delays))


def budget(machine: Machine) -> Budget:
    """The worst cases of all states, added up along the slowest path."""
    worst_cases = {name: worst_case(state) for name, state in machine.states.items()}
    slowest: dict[str, list[str]] = {}

    def seconds(path: list[str]) -> float:
        return sum(worst_cases[name].seconds for name in path)

    for name in reversed(in_order(machine)):
        paths = [slowest[each.target] for each in transitions(machine.states[name])]
        slowest[name] = [name, *max(paths, key=seconds, default=[])]
    path = slowest[machine.start_at]
    return Budget(worst_cases, path, seconds(path), machine.timeout_seconds)


def check_budget(machine: Machine) -> Iterator[str]:
    """Even the slowest execution ends before the machine's timeout, which no Catch sees."""
    worst = budget(machine)
    if worst.seconds >= worst.limit:
        yield (
            f"The machine's TimeoutSeconds is {worst.limit}, and its slowest path takes "
            f"{worst.seconds:g} s, after which no Catch runs: raise TimeoutSeconds, or lower the "
            f"timeouts and retries of {', '.join(worst.path)}."
        )
