"""Transitions: every target exists, every state is reached, and no path is a cycle."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from workflows.checks.asl import Machine, State, Task
from workflows.checks.retrying import Catcher


class Transition(NamedTuple):
    """A transition from one state to another; `catcher` when an error leads there."""

    target: str
    label: str
    catcher: Catcher | None = None


def transitions(state: State) -> Iterator[Transition]:
    """Every transition out of a state."""
    if isinstance(state, Task):
        if state.next is not None:
            yield Transition(state.next, "Next")
        for place, catcher in enumerate(state.catch):
            yield Transition(catcher.next, f"Catch[{place}]", catcher)


def tasks(machine: Machine) -> Mapping[str, Task]:
    """The states that run a function."""
    return {name: state for name, state in machine.states.items() if isinstance(state, Task)}


def ends_well(state: State) -> bool:
    """Whether an execution that ends in this state has succeeded."""
    return isinstance(state, Task) and state.end is not None


def reached(machine: Machine, start: str, without: Collection[str] = ()) -> set[str]:
    """`start` and all states that it leads to, on paths that avoid the states in `without`."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found and name not in without:
            found.add(name)
            ahead += [each.target for each in transitions(machine.states[name])]
    return found


def forward_path(machine: Machine) -> list[str]:
    """The states of an execution in which nothing fails."""
    path = [machine.start_at]
    while following := getattr(machine.states[path[-1]], "next", None):
        path.append(following)
    return path


def in_order(machine: Machine) -> list[str]:
    """The states, each before those that it leads to. Raises CycleError."""
    graph = {
        name: {each.target for each in transitions(state)} for name, state in machine.states.items()
    }
    return list(TopologicalSorter(graph).static_order())[::-1]


def check_targets(machine: Machine) -> Iterator[str]:
    """Every state that is named exists."""
    if machine.start_at not in machine.states:
        yield f"The machine starts at {machine.start_at}, {_no_state(machine.start_at, machine)}."
    for name, state in machine.states.items():
        for each in transitions(state):
            if each.target not in machine.states:
                why = _no_state(each.target, machine)
                yield f"{name}: {each.label} leads to {each.target}, {why}."


def _no_state(name: str, machine: Machine) -> str:
    close = difflib.get_close_matches(name, machine.states, n=1)
    fix = f"{close[0]} is meant" if close else f"add it, or name one of {', '.join(machine.states)}"
    return f"which is not a state: {fix}"


def check_paths(machine: Machine) -> Iterator[str]:
    """Every state is reached, every path ends, and one of them ends well."""
    found = reached(machine, machine.start_at)
    for name in machine.states:
        if name not in found:
            yield f"{name} is never reached: let a state lead to it, or remove it."
    try:
        in_order(machine)
    except CycleError as error:
        cycle = " -> ".join(reversed(error.args[1]))
        yield f"{cycle} is a cycle, so its worst case has no end: retry within a state instead."
        return
    if not any(ends_well(machine.states[name]) for name in found):
        path = " -> ".join(forward_path(machine))
        yield f"The machine never ends well: {path} has no state with End; give its last one End."
