"""The machine in Mermaid, its forward path first, which draws it straight down."""

from collections.abc import Iterator

from workflows.checks.asl import Machine, State, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import Edge, edges, ends_well, in_order
from workflows.checks.retrying import ALL


def diagram(machine: Machine, deployment: Deployment) -> str:
    """Fenced, as GitHub shows it."""
    lines = [_arrow("start((start))", machine.start_at, deployment.takes.label)]
    lines += _forward(machine, deployment)
    lines += _caught(machine)
    return "```mermaid\nflowchart TD\n" + "".join(f"    {line}\n" for line in lines) + "```\n"


def _forward(machine: Machine, deployment: Deployment) -> Iterator[str]:
    for name in in_order(machine):
        state = machine.states[name]
        label = _given(state, deployment)
        for edge in edges(state):
            if edge.catcher is None:
                yield _arrow(name, _drawn(edge.target, machine), label or _way(edge))
        if ends_well(state):
            yield _arrow(name, "done((done))", label)


def _caught(machine: Machine) -> Iterator[str]:
    sources: dict[tuple[str, str], list[str]] = {}
    for name in in_order(machine):
        for edge in edges(machine.states[name]):
            if edge.catcher is not None:
                errors = edge.catcher.error_equals
                label = "any error" if ALL in errors else ", ".join(errors)
                sources.setdefault((label, edge.target), []).append(name)
    for (label, target), names in sources.items():
        yield f'{" & ".join(names)} -.->|"{label}"| {target}'


def _given(state: State, deployment: Deployment) -> str:
    signature = deployment.functions[state.function].signature if isinstance(state, Task) else None
    return signature.gives.label if signature else ""


def _drawn(name: str, machine: Machine) -> str:
    return f"{name}(({name}))" if machine.states[name].type in {"Fail", "Succeed"} else name


def _way(edge: Edge) -> str:
    return "" if edge.label == "Next" else edge.label


def _arrow(source: str, target: str, label: str) -> str:
    return f'{source} -->|"{label}"| {target}' if label else f"{source} --> {target}"
