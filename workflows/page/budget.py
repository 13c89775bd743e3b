"""The budget as a table; `scripts/render` prints it, too."""

from collections.abc import Iterator

from workflows.checks.asl import Machine, Task
from workflows.checks.budget import Budget, budget
from workflows.page.markdown import table

HEAD = ("State", "Attempts", "Each", "Waits between", "At worst")


def budget_table(machine: Machine) -> str:
    """A row for every state on the slowest way, and what is left."""
    return table(HEAD, _rows(machine, budget(machine)))


def _rows(machine: Machine, told: Budget) -> Iterator[tuple[str, ...]]:
    for name in told.path:
        state, worst = machine.states[name], told.worst[name]
        each = f"{state.timeout_seconds} s" if isinstance(state, Task) else ""
        yield name, str(worst.attempts), each, f"{worst.waiting:g} s", f"{worst.seconds:g} s"
    yield "**together**", "", "", "", f"**{told.seconds:g} s**"
    yield "the machine's timeout", "", "", "", f"{told.limit} s"
    yield "left over", "", "", "", f"{told.limit - told.seconds:g} s"
