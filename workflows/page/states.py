"""The table of states."""

from workflows.checks.asl import Machine, State, Task
from workflows.checks.budget import worst_case
from workflows.checks.deployment import Deployment
from workflows.checks.graph import in_order
from workflows.page.markdown import table

HEAD = (
    "State",
    "What it does",
    "Task, function",
    "Timeout",
    "Retries",
    "Longest",
    "Errors of its own",
)


def states_table(machine: Machine, deployment: Deployment) -> str:
    """A row for every state, in the order in which they run."""
    rows = (_row(name, machine.states[name], deployment) for name in in_order(machine))
    return table(HEAD, rows)


def _row(name: str, state: State, deployment: Deployment) -> tuple[str, ...]:
    if not isinstance(state, Task):
        return (name, state.comment, state.type, "", "", "", f"`{state.error or state.error_path}`")
    function, spec = deployment[state.function][:2]
    file = function.handler.removesuffix(".handler").replace(".", "/")
    return (
        name,
        f"{state.comment} Best effort." if state.is_best_effort else state.comment,
        f"`{file}.py`, `{state.function}`",
        f"{state.timeout_seconds} s (function: {function.timeout:g} s)",
        " + ".join(str(retrier.max_attempts) for retrier in state.retry),
        f"{worst_case(state).seconds:g} s",
        ", ".join(f"`{error.__name__}`" for error in spec.raises) if spec else "",
    )
