"""The longest that an execution can take, against the machine's own timeout."""

from collections.abc import Iterator
from typing import NamedTuple

from workflows.checks.asl import Machine, State, Task, Wait
from workflows.checks.graph import edges, in_order


class Worst(NamedTuple):
    """A state at its worst: every attempt of every retrier used up, in seconds."""

    attempts: int
    waiting: float
    seconds: float


class Budget(NamedTuple):
    """The slowest way through the machine, and what it may take."""

    worst: dict[str, Worst]
    path: list[str]
    seconds: float
    limit: int


def worst_of(state: State) -> Worst:
    """Retriers count on their own, so different errors in turn use up all of them."""
    if isinstance(state, Wait):
        return Worst(1, state.seconds, state.seconds)
    if not isinstance(state, Task):
        return Worst(1, 0, 0)
    delays = [delay for retrier in state.retry for delay in retrier.delays()]
    attempts = 1 + len(delays)
    return Worst(attempts, sum(delays), attempts * state.timeout_seconds + sum(delays))


def budget(machine: Machine) -> Budget:
    """The slowest way: each state's worst, whatever error it then goes on with."""
    worst = {name: worst_of(state) for name, state in machine.states.items()}
    slowest: dict[str, list[str]] = {}

    def seconds(path: list[str]) -> float:
        return sum(worst[name].seconds for name in path)

    for name in reversed(in_order(machine)):
        ways = [slowest[edge.target] for edge in edges(machine.states[name])]
        slowest[name] = [name, *max(ways, key=seconds, default=[])]
    path = slowest[machine.start_at]
    return Budget(worst, path, seconds(path), machine.timeout_seconds)


def check_budget(machine: Machine) -> Iterator[str]:
    """Even the slowest execution comes to its end: a machine's timeout skips every Catch."""
    sum_ = budget(machine)
    if sum_.seconds >= sum_.limit:
        yield (
            f"The machine's TimeoutSeconds is {sum_.limit}, and the slowest way through it takes "
            f"{sum_.seconds:g} s, after which nothing is caught: raise it, or lower the timeouts "
            f"and retries of {', '.join(sum_.path)}."
        )
