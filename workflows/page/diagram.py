"""The machine in Mermaid, its forward path first, so that it is drawn straight down."""

from collections.abc import Iterator

from workflows.checks.asl import Fail, Machine, State, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import ends_well, in_order, transitions
from workflows.checks.payloads import label_of
from workflows.checks.retrying import ALL
from workflows.rules.saga import ORDER_PROCESSING


def diagram(machine: Machine, deployment: Deployment) -> str:
    """The diagram in a fenced block, which GitHub renders."""
    lines = [_arrow("start((start))", machine.start_at, ORDER_PROCESSING.input.label)]
    lines += _solid_arrows(machine, deployment)
    lines += _dotted_arrows(machine)
    return "```mermaid\nflowchart TD\n" + "".join(f"    {line}\n" for line in lines) + "```\n"


def _solid_arrows(machine: Machine, deployment: Deployment) -> Iterator[str]:
    for name in in_order(machine):
        state = machine.states[name]
        label = _output_label(state, deployment)
        for each in transitions(state):
            if each.catcher is None:
                yield _arrow(name, _node(each.target, machine), label)
        if ends_well(state):
            yield _arrow(name, "done((done))", label)


def _dotted_arrows(machine: Machine) -> Iterator[str]:
    """One arrow for all states that lead to the same target after the same errors."""
    sources: dict[tuple[str, str], list[str]] = {}
    for name in in_order(machine):
        for each in transitions(machine.states[name]):
            if each.catcher is not None:
                errors = each.catcher.error_equals
                label = "any error" if ALL in errors else ", ".join(errors)
                if isinstance(state := machine.states[name], Task) and state.is_best_effort:
                    label += ", best effort"
                sources.setdefault((label, each.target), []).append(name)
    for (label, target), names in sources.items():
        yield f'{" & ".join(names)} -.->|"{label}"| {target}'


def _output_label(state: State, deployment: Deployment) -> str:
    spec = deployment[state.function].spec if isinstance(state, Task) else None
    return label_of(spec.output) if spec else ""


def _node(name: str, machine: Machine) -> str:
    return f"{name}(({name}))" if isinstance(machine.states[name], Fail) else name


def _arrow(source: str, target: str, label: str) -> str:
    return f'{source} -->|"{label}"| {target}'
