"""The document along every edge: what a state gives is what the next one takes.

A Catch hands on what came INTO the state that failed, with the failure put in; a Retry hands
the same document in again.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from orders.contracts import Failure
from workflows.checks.asl import Choice, Fail, Machine, State, Task
from workflows.checks.documents import Document, Value, breaks_promise, made_by, misfits
from workflows.checks.graph import Edge, edges, ends_well
from workflows.checks.paths import check_choice, check_told
from workflows.checks.surroundings import Signature, Surroundings

WRITTEN_BY_CATCH = Value(Failure, certain=False)
"""Step Functions leaves Cause out of some errors."""


class Arrival(NamedTuple):
    """A document on its way into a state, and what it comes from."""

    state: str
    document: Document
    origin: str


def arrivals(machine: Machine, around: Surroundings) -> Iterator[Arrival]:
    """Every document that comes to a state, along every way from the start."""
    start = Arrival(machine.start_at, made_by(around.takes), "the start")
    yield from _Flow(machine, around).arrivals(start)


def check_flow(machine: Machine, around: Surroundings) -> Iterator[str]:
    """Along every way from the start; states that several ways come to are looked at once each."""
    start = Arrival(machine.start_at, made_by(around.takes), "the start")
    yield from dict.fromkeys(_Flow(machine, around).follow(start))


class _Flow(NamedTuple):
    machine: Machine
    around: Surroundings

    def follow(self, arrival: Arrival) -> Iterator[str]:
        """What comes of a wrong document is not told again by the Catches that hand it on."""
        state = self.machine.states[arrival.state]
        wrong = list(self._arrives(arrival, state))
        yield from wrong
        given = self._given(arrival, state)
        for edge in edges(state):
            if not wrong or edge.catcher is None:
                yield from self.follow(_along(edge, arrival, given))
        if ends_well(state):
            whole = Arrival("The end", given, arrival.state)
            yield from _mismatch(whole, self.around.gives)

    def arrivals(self, arrival: Arrival) -> Iterator[Arrival]:
        """This one, and all that come of it."""
        yield arrival
        state = self.machine.states[arrival.state]
        given = self._given(arrival, state)
        for edge in edges(state):
            yield from self.arrivals(_along(edge, arrival, given))

    def _signature(self, state: State) -> Signature | None:
        return self.around.functions[state.function].signature if isinstance(state, Task) else None

    def _arrives(self, arrival: Arrival, state: State) -> Iterator[str]:
        if signature := self._signature(state):
            yield from _mismatch(arrival, signature.takes)
        if isinstance(state, Choice):
            yield from check_choice(arrival.state, state, arrival.document, arrival.origin)
        if isinstance(state, Fail):
            yield from check_told(arrival.state, state, arrival.document, arrival.origin)

    def _given(self, arrival: Arrival, state: State) -> Document:
        signature = self._signature(state)
        if signature is None or (isinstance(state, Task) and state.keeps_its_input):
            return arrival.document
        return made_by(signature.gives)


def _along(edge: Edge, arrival: Arrival, given: Document) -> Arrival:
    if edge.catcher is None:
        return Arrival(edge.target, given, arrival.state)
    caught, path = arrival.document, edge.catcher.result_path
    if path is not None:
        caught = caught.plus(path.removeprefix("$."), WRITTEN_BY_CATCH)
    return Arrival(edge.target, caught, f"{edge.label} of {arrival.state}")


def _mismatch(arrival: Arrival, takes: type[BaseModel]) -> Iterator[str]:
    wrong = "; ".join(misfits(arrival.document, takes))
    if wrong:
        yield (
            f"{arrival.state} takes {takes.__name__}, and {arrival.origin} brings {wrong}: "
            "make the two agree in orders/contracts.py, or lead elsewhere."
        )
    elif breaks_promise(arrival.document, takes):
        model = arrival.document.model.__name__ if arrival.document.model else ""
        yield (
            f"{arrival.state} takes {takes.__name__}, and {arrival.origin} brings {model}, which "
            f"has its fields but not its promise ({takes.__doc__}): go through the state that "
            "gives it."
        )
