"""The budget as a table; `scripts/render` prints it as well."""

from collections.abc import Iterator

from workflows.checks.asl import Machine, Task
from workflows.checks.budget import budget
from workflows.page.markdown import table

MAX_EVENTS = 25_000
"""Step Functions Developer Guide, "Quotas", 2026-11-24."""
HEAD = ("State", "Attempts", "Timeout of each", "Waits between", "Longest")


def budget_table(machine: Machine) -> str:
    """A row for every state on the slowest path, the sum, and what the timeout leaves."""
    return table(HEAD, _rows(machine))


def events_sentence(machine: Machine) -> str:
    """How many events the slowest execution has, of those that Step Functions allows.

    A state is entered and left; an attempt is scheduled, started and ended (AWS's histories).
    """
    slowest = budget(machine)
    attempts = sum(slowest.worst_cases[name].attempts for name in slowest.path)
    events = 2 + 2 * len(slowest.path) + 3 * attempts
    return f"Such an execution has about {events} events, of the {MAX_EVENTS:,} that are allowed."


def _rows(machine: Machine) -> Iterator[tuple[str, ...]]:
    slowest = budget(machine)
    for name in slowest.path:
        state, worst = machine.states[name], slowest.worst_cases[name]
        timeout = f"{state.timeout_seconds} s" if isinstance(state, Task) else ""
        yield name, str(worst.attempts), timeout, f"{worst.waiting:g} s", f"{worst.seconds:g} s"
    yield "**together**", "", "", "", f"**{slowest.seconds:g} s**"
    yield "the machine's timeout", "", "", "", f"{slowest.limit} s"
    yield "left", "", "", "", f"{slowest.limit - slowest.seconds:g} s"
