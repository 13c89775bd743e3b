"""No failure skips the compensation, and nothing after it hides the failure."""

from collections.abc import Iterator

from workflows.checks.asl import Fail, Machine
from workflows.checks.graph import Transition, ends_well, reached, tasks, transitions
from workflows.checks.retrying import ALL
from workflows.rules.retries import named
from workflows.rules.saga import Saga

TRUE_REASON = ("$.failure.Error", "$.failure.Cause")
"""Where the compensation returns the error and the cause."""


def check_compensation(machine: Machine, saga: Saga) -> Iterator[str]:
    """Check the compensation, the transitions to it, and the states after it."""
    name = saga.compensation
    if name not in tasks(machine):
        yield (
            f"{name} is not a Task of the machine, so failed orders keep their stock: let every "
            "state lead to it after any error (any_error)."
        )
        return
    yield from _retries_everything(machine, name)
    yield from _ends_in_failure(machine, name)
    yield from _catches_lead_to(machine, name)
    yield from _failures_go_through(machine, name)


def _retries_everything(machine: Machine, name: str) -> Iterator[str]:
    task = tasks(machine)[name]
    if ALL not in named(task):
        yield f"{name} does not retry States.ALL, and nothing compensates for it: use RETRY_ALL."
    if task.catch:
        yield f"{name} has a Catch, which would hide that stock was not given back: remove it."


def _ends_in_failure(machine: Machine, name: str) -> Iterator[str]:
    for after in sorted(reached(machine, name)):
        state = machine.states[after]
        if ends_well(state):
            yield f"{after} ends a failed order's execution well: let it lead to a Fail state."
        elif isinstance(state, Fail) and (state.error_path, state.cause_path) != TRUE_REASON:
            yield (
                f"{after} does not say why the order failed: set ErrorPath to {TRUE_REASON[0]} and "
                f"CausePath to {TRUE_REASON[1]}."
            )


def _catches_lead_to(machine: Machine, compensation: str) -> Iterator[str]:
    """Every Task catches every error, and its catch-all leads to the compensation.

    After a best-effort state the order goes on, so there is nothing to compensate for.
    """
    for name, task in tasks(machine).items():
        if name == compensation or task.is_best_effort:
            continue
        catch_all = next(filter(_is_catch_all, transitions(task)), None)
        if catch_all is None:
            yield (
                f"{name} does not catch States.ALL, so its failure skips {compensation}: add "
                "any_error."
            )
        elif _ends_without(machine, catch_all.target, compensation):
            yield (
                f"{name}: {catch_all.label} leads to {catch_all.target} and so skips "
                f"{compensation}: lead it to {compensation}."
            )


def _ends_without(machine: Machine, start: str, compensation: str) -> bool:
    states = [machine.states[name] for name in reached(machine, start, without={compensation})]
    return any(ends_well(state) or isinstance(state, Fail) for state in states)


def _failures_go_through(machine: Machine, compensation: str) -> Iterator[str]:
    """No other transition, a Next or the Catch of a named error, leads to a Fail state."""
    for name in sorted(reached(machine, machine.start_at, without={compensation})):
        for each in transitions(machine.states[name]):
            if isinstance(machine.states[each.target], Fail) and not _is_catch_all(each):
                yield (
                    f"{name}: {each.label} leads to {each.target} without {compensation}, so stock "
                    f"could stay reserved: lead it to {compensation}."
                )


def _is_catch_all(transition: Transition) -> bool:
    return transition.catcher is not None and ALL in transition.catcher.error_equals
