"""The payload along every transition: each state's output is accepted as the next one's input.

A Catch hands on the INPUT of the state that failed, with the failure put in; a Retry runs the
state on the same input again.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from orders.documents.workflow import Failure, WorkflowDocument
from workflows.checks.asl import Machine, State, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import Transition, ends_well, transitions
from workflows.checks.json_paths import check_fail_state
from workflows.checks.payloads import Payload, Value, misfits, payload_of, skips_required_state

WRITTEN_BY_CATCH = Value(Failure, is_certain=False)
"""Step Functions leaves Cause out of some errors."""


class Arrival(NamedTuple):
    """A payload on its way into a state, and where it comes from."""

    state: str
    payload: Payload
    origin: str


class Flow(NamedTuple):
    """The payloads of a machine that is started with `input` and must return `output`."""

    machine: Machine
    deployment: Deployment
    input: type[WorkflowDocument]
    output: type[WorkflowDocument]

    def arrivals(self) -> Iterator[Arrival]:
        """Every payload that arrives at a state, along every path from the start."""
        ahead = [self._start()]
        while ahead:
            arrival = ahead.pop()
            yield arrival
            ahead += self._following(arrival)

    def findings(self) -> Iterator[str]:
        """What is wrong with them; a finding that several paths lead to is given once."""
        yield from dict.fromkeys(self._findings(self._start()))

    def _start(self) -> Arrival:
        return Arrival(self.machine.start_at, payload_of(self.input), "the start")

    def _findings(self, arrival: Arrival) -> Iterator[str]:
        """Of this arrival and all that follow; a wrong payload is not found again in a Catch."""
        state = self.machine.states[arrival.state]
        wrong = list(self._refusals(arrival, state))
        yield from wrong
        for transition in transitions(state):
            if not wrong or transition.catcher is None:
                yield from self._findings(self._along(transition, arrival))
        if ends_well(state):
            yield from _mismatch(
                Arrival("The end", self._output(arrival), arrival.state), self.output
            )

    def _refusals(self, arrival: Arrival, state: State) -> Iterator[str]:
        if isinstance(state, Task):
            if spec := self.deployment[state.function].spec:
                yield from _mismatch(arrival, spec.input)
        else:
            yield from check_fail_state(arrival.state, state, arrival.payload, arrival.origin)

    def _following(self, arrival: Arrival) -> Iterator[Arrival]:
        for transition in transitions(self.machine.states[arrival.state]):
            yield self._along(transition, arrival)

    def _along(self, transition: Transition, arrival: Arrival) -> Arrival:
        if transition.catcher is None:
            return Arrival(transition.target, self._output(arrival), arrival.state)
        caught, path = arrival.payload, transition.catcher.result_path
        if path is not None:
            caught = caught.plus(path.removeprefix("$."), WRITTEN_BY_CATCH)
        return Arrival(transition.target, caught, f"{transition.label} of {arrival.state}")

    def _output(self, arrival: Arrival) -> Payload:
        state = self.machine.states[arrival.state]
        spec = self.deployment[state.function].spec if isinstance(state, Task) else None
        return payload_of(spec.output) if spec else arrival.payload


def _mismatch(arrival: Arrival, wanted: type[BaseModel]) -> Iterator[str]:
    wrong = "; ".join(misfits(arrival.payload, wanted))
    if wrong:
        yield (
            f"{arrival.state} takes {wanted.__name__}, and {arrival.origin} returns {wrong}: make "
            "the two models in orders/documents/workflow.py agree, or change the transition."
        )
    elif skips_required_state(arrival.payload, wanted):
        model = arrival.payload.model.__name__ if arrival.payload.model else ""
        yield (
            f"{arrival.state} takes {wanted.__name__}, and {arrival.origin} returns {model}, which "
            f"has its fields but not its guarantee ({label_of(wanted)}): go through the state that "
            "returns it."
        )


def label_of(model: type[BaseModel]) -> str:
    """What is true of the order once the document exists, as its model declares."""
    return model.label if issubclass(model, WorkflowDocument) else model.__name__
