"""The table of states."""

from workflows.checks.asl import Fail, Machine, State, Task
from workflows.checks.budget import budget
from workflows.checks.deployment import Deployment
from workflows.checks.functions import raised
from workflows.checks.graph import in_order
from workflows.page.markdown import table

HEAD = ("State", "What it does", "Task, function", "Timeout", "Retries", "At worst", "Can end in")


def states_table(machine: Machine, deployment: Deployment) -> str:
    """A row for every state, in the order in which they run."""
    worst = budget(machine).worst
    return table(
        HEAD,
        (
            _row(name, machine.states[name], worst[name].seconds, deployment)
            for name in in_order(machine)
        ),
    )


def _row(name: str, state: State, seconds: float, deployment: Deployment) -> tuple[object, ...]:
    if not isinstance(state, Task):
        return (name, state.comment, state.type, "", "", "", _told(state))
    function = deployment.functions[state.function]
    file = function.handler.removesuffix(".handler").replace(".", "/")
    return (
        name,
        state.comment,
        f"`{file}.py`, `{state.function}`",
        f"{state.timeout_seconds} s (function: {function.timeout:g} s)",
        " + ".join(str(retrier.max_attempts) for retrier in state.retry),
        f"{seconds:g} s",
        ", ".join(f"`{error}`" for error in raised(function)),
    )


def _told(state: State) -> str:
    return f"`{state.error or state.error_path}`" if isinstance(state, Fail) else ""
