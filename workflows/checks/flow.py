"""The document along every edge: what a state gives is what the next one takes.

A Catch hands on what came INTO the state that failed, with the failure put in; a Retry hands
the same document in again.
"""

from collections.abc import Iterator
from typing import NamedTuple

from orders.documents.workflow import Failure, WorkflowDocument
from workflows.checks.asl import Choice, Fail, Machine, State, Task
from workflows.checks.deployment import Deployment, Signature
from workflows.checks.graph import Edge, edges, ends_well
from workflows.checks.paths import check_choice, check_told
from workflows.checks.payloads import Document, Value, made_by, misfits, skips_required_state

WRITTEN_BY_CATCH = Value(Failure, certain=False)
"""Step Functions leaves Cause out of some errors."""


class Arrival(NamedTuple):
    """A document on its way into a state, and what it comes from."""

    state: str
    document: Document
    origin: str


def arrivals(machine: Machine, deployment: Deployment) -> Iterator[Arrival]:
    """Every document that comes to a state, along every way from the start."""
    start = Arrival(machine.start_at, made_by(deployment.takes), "the start")
    yield from _Flow(machine, deployment).arrivals(start)


def check_flow(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Along every way from the start; states that several ways come to are looked at once each."""
    start = Arrival(machine.start_at, made_by(deployment.takes), "the start")
    yield from dict.fromkeys(_Flow(machine, deployment).follow(start))


class _Flow(NamedTuple):
    machine: Machine
    deployment: Deployment

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
            yield from _mismatch(whole, self.deployment.gives)

    def arrivals(self, arrival: Arrival) -> Iterator[Arrival]:
        """This one, and all that come of it."""
        yield arrival
        state = self.machine.states[arrival.state]
        given = self._given(arrival, state)
        for edge in edges(state):
            yield from self.arrivals(_along(edge, arrival, given))

    def _signature(self, state: State) -> Signature | None:
        return (
            self.deployment.functions[state.function].signature if isinstance(state, Task) else None
        )

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


def _mismatch(arrival: Arrival, takes: type[WorkflowDocument]) -> Iterator[str]:
    wrong = "; ".join(misfits(arrival.document, takes))
    if wrong:
        yield (
            f"{arrival.state} takes {takes.__name__}, and {arrival.origin} brings {wrong}: "
            "make the two agree in orders/contracts.py, or lead elsewhere."
        )
    elif skips_required_state(arrival.document, takes):
        model = arrival.document.model.__name__ if arrival.document.model else ""
        yield (
            f"{arrival.state} takes {takes.__name__}, and {arrival.origin} brings {model}, which "
            f"has its fields but not its promise ({takes.label}): go through the state that "
            "gives it."
        )
