"""Where every state leads: there, from the start, and not in a circle."""

import difflib
from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from workflows.checks.asl import Choice, Machine, State, Task
from workflows.checks.retrying import Catcher


class Edge(NamedTuple):
    """A way from one state to another; `catcher` when it is a failure's."""

    target: str
    label: str
    catcher: Catcher | None = None


def edges(state: State) -> Iterator[Edge]:
    """Every way out of a state."""
    if isinstance(state, Choice):
        for place, rule in enumerate(state.choices):
            yield Edge(rule.next, f"Choices[{place}]")
        yield Edge(state.default, "Default")
    if next_state := getattr(state, "next", None):
        yield Edge(next_state, "Next")
    if isinstance(state, Task):
        for place, catcher in enumerate(state.catch):
            yield Edge(catcher.next, f"Catch[{place}]", catcher)


def reached(machine: Machine, start: str, without: Collection[str] = ()) -> set[str]:
    """The states that an execution may come to, from and with `start`, on ways deployment some."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in found and name not in without:
            found.add(name)
            ahead += [edge.target for edge in edges(machine.states[name])]
    return found


def in_order(machine: Machine) -> list[str]:
    """The states, each before those it leads to. Raises CycleError."""
    graph = {name: {e.target for e in edges(state)} for name, state in machine.states.items()}
    return list(TopologicalSorter(graph).static_order())[::-1]


def check_targets(machine: Machine) -> Iterator[str]:
    """Every state that is named is there."""
    if machine.start_at not in machine.states:
        yield f"The machine starts at {machine.start_at}, {_no_state(machine.start_at, machine)}."
    for name, state in machine.states.items():
        for edge in edges(state):
            if edge.target not in machine.states:
                why = _no_state(edge.target, machine)
                yield f"{name}: {edge.label} leads to {edge.target}, {why}."


def _no_state(name: str, machine: Machine) -> str:
    close = difflib.get_close_matches(name, machine.states, n=1)
    advice = (
        f"{close[0]} is meant" if close else f"add it, or name one of {', '.join(machine.states)}"
    )
    return f"which is not a state: {advice}"


def check_ways(machine: Machine) -> Iterator[str]:
    """Every state is reached, every way ends, and one of them ends well."""
    found = reached(machine, machine.start_at)
    for name in machine.states:
        if name not in found:
            yield f"{name} is never reached: let a state lead to it, or take it out."
    try:
        in_order(machine)
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        yield f"{circle} is a circle, so its worst case has no end: retry within a state instead."
    if not any(ends_well(machine.states[name]) for name in found):
        yield "The machine never ends well: let its last state say End."


def ends_well(state: State) -> bool:
    """Whether an execution that ends here has succeeded."""
    return state.type == "Succeed" or bool(getattr(state, "end", None))


def tasks(machine: Machine) -> Mapping[str, Task]:
    """The states that run a function."""
    return {name: state for name, state in machine.states.items() if isinstance(state, Task)}
