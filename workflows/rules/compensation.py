"""No failure goes deployment the compensation, and nothing after it hides the failure."""

from collections.abc import Iterator

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.failures import retried
from workflows.checks.graph import Edge, edges, ends_well, reached, tasks
from workflows.checks.retrying import ALL


def check_compensation(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """The state itself, what leads to it, and what it leads to."""
    undo = deployment.compensation
    if undo not in tasks(machine):
        yield f"{undo} is not a Task of the machine, so failed orders keep their stock: add it."
        return
    yield from _stubborn(machine, undo)
    yield from _told(machine, undo)
    yield from _caught(machine, undo)
    yield from _not_passed_by(machine, undo)


def _stubborn(machine: Machine, undo: str) -> Iterator[str]:
    task = tasks(machine)[undo]
    if ALL not in retried(task):
        yield f"{undo} does not retry States.ALL, and nothing stands behind it: use RETRY_ALL."
    if task.catch:
        yield f"{undo} has a Catch, which would hide that stock was not given back: take it out."


def _told(machine: Machine, undo: str) -> Iterator[str]:
    for name in sorted(reached(machine, undo)):
        if ends_well(machine.states[name]):
            yield f"{name} ends a failed order's execution well: let it lead to a Fail state."


def _caught(machine: Machine, undo: str) -> Iterator[str]:
    """Whatever a Task fails of comes to the compensation."""
    for name, task in tasks(machine).items():
        if name == undo:
            continue
        last = next(reversed(list(edges(task))), None)
        if last is None or last.catcher is None or ALL not in last.catcher.error_equals:
            yield f"{name} does not catch States.ALL, so its failure skips {undo}: add any_error."
        elif _ways_out(machine, last, undo):
            yield f"{name}: {last.label} leads to {last.target} and past {undo}: lead it to {undo}."


def _ways_out(machine: Machine, edge: Edge, undo: str) -> bool:
    passing = [machine.states[name] for name in reached(machine, edge.target, without={undo})]
    return any(ends_well(state) or state.type == "Fail" for state in passing)


def _not_passed_by(machine: Machine, undo: str) -> Iterator[str]:
    """By any other way: a Next, a Choice, a Catch of named errors."""
    for name in sorted(reached(machine, machine.start_at, without={undo})):
        for edge in edges(machine.states[name]):
            by_all = edge.catcher is not None and ALL in edge.catcher.error_equals
            if machine.states[edge.target].type == "Fail" and not by_all:
                yield (
                    f"{name}: {edge.label} leads to {edge.target} without {undo}, so stock could "
                    f"stay taken: lead it to {undo}."
                )
