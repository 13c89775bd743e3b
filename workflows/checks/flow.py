"""The payload along every transition: each state's output is accepted as the next one's input.

A Catch passes the INPUT of the state that failed, with the failure put in; a Retry runs the state
on the same input again.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from orders.documents.workflow import Failure, WorkflowDocument
from workflows.checks.asl import Machine, State, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import Transition, ends_well, transitions
from workflows.checks.json_paths import check_fail_state
from workflows.checks.payloads import (
    Payload,
    Value,
    label_of,
    misfits,
    payload_of,
    skips_required_state,
)

WRITTEN_BY_CATCH = Value(Failure, is_certain=False)
"""What a Catch writes. Its fields are not certain: Step Functions leaves Cause out sometimes."""


class StateInput(NamedTuple):
    """A payload that a state is run on, and where it comes from."""

    state: str
    payload: Payload
    origin: str


class Flow(NamedTuple):
    """The payloads of a machine that is started with `input` and must return `output`."""

    machine: Machine
    deployment: Deployment
    input: type[WorkflowDocument]
    output: type[WorkflowDocument]

    def inputs(self) -> Iterator[StateInput]:
        """Every input of every state, along every path from the start."""
        ahead = [self._start()]
        while ahead:
            incoming = ahead.pop()
            yield incoming
            ahead += self._following(incoming)

    def findings(self) -> Iterator[str]:
        """What is wrong with these inputs. A finding that several paths lead to is given once."""
        yield from dict.fromkeys(self._findings(self._start()))

    def _start(self) -> StateInput:
        return StateInput(self.machine.start_at, payload_of(self.input), "the start")

    def _findings(self, incoming: StateInput) -> Iterator[str]:
        """The findings of this input and of all that follow from it.

        A wrong payload is not followed into a Catch, where it would only be found again.
        """
        state = self.machine.states[incoming.state]
        wrong = list(self._refusals(incoming, state))
        yield from wrong
        for transition in transitions(state):
            if not wrong or transition.catcher is None:
                yield from self._findings(self._along(transition, incoming))
        if ends_well(state):
            yield from _mismatch(
                StateInput("The end", self._output(incoming), incoming.state), self.output
            )

    def _refusals(self, incoming: StateInput, state: State) -> Iterator[str]:
        if isinstance(state, Task):
            if spec := self.deployment[state.function].spec:
                yield from _mismatch(incoming, spec.input)
        else:
            yield from check_fail_state(incoming.state, state, incoming.payload, incoming.origin)

    def _following(self, incoming: StateInput) -> Iterator[StateInput]:
        for transition in transitions(self.machine.states[incoming.state]):
            yield self._along(transition, incoming)

    def _along(self, transition: Transition, incoming: StateInput) -> StateInput:
        if transition.catcher is None:
            return StateInput(transition.target, self._output(incoming), incoming.state)
        caught, path = incoming.payload, transition.catcher.result_path
        if path is not None:
            caught = caught.plus(path.removeprefix("$."), WRITTEN_BY_CATCH)
        return StateInput(transition.target, caught, f"{transition.label} of {incoming.state}")

    def _output(self, incoming: StateInput) -> Payload:
        state = self.machine.states[incoming.state]
        spec = self.deployment[state.function].spec if isinstance(state, Task) else None
        return payload_of(spec.output) if spec else incoming.payload


def _mismatch(incoming: StateInput, wanted: type[BaseModel]) -> Iterator[str]:
    wrong = "; ".join(misfits(incoming.payload, wanted))
    if wrong:
        yield (
            f"{incoming.state} takes {wanted.__name__}, and {incoming.origin} passes {wrong}: make "
            "the two models in orders/documents/workflow.py agree, or change the transition."
        )
    elif skips_required_state(incoming.payload, wanted):
        model = incoming.payload.model.__name__ if incoming.payload.model else ""
        yield (
            f"{incoming.state} takes {wanted.__name__}, and {incoming.origin} passes {model}, "
            f"which has its fields but not its guarantee ({label_of(wanted)}): go through the "
            "state that returns it."
        )
