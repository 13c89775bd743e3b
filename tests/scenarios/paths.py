"""The exits of the states through which an execution went, read from its history.

An exit is a state and how an execution leaves it: "Next", "End", "Catch[0]", "Retry[1]" (for
another attempt), or "fails" (the execution fails there).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.running.builders import Document

ALL = "States.ALL"
SUCCESS = ("Next", "End")
ATTEMPTS = ("TaskScheduled", "LambdaFunctionScheduled")


class Exit(NamedTuple):
    """A state, and one way in which an execution can leave it."""

    state: str
    name: str


def exits_of(definition: Document) -> list[Exit]:
    """All exits of all states, in the definition's order."""
    states = definition["States"].items()
    return [Exit(state, name) for state, described in states for name in exit_names(described)]


def exit_names(state: Document) -> Iterator[str]:
    """The names of a state's exits: a Fail state, or a task without a catch-all, also "fails"."""
    yield from (name for name in SUCCESS if name in state)
    for policy in ("Catch", "Retry"):
        yield from (f"{policy}[{place}]" for place in range(len(state.get(policy, ()))))
    caught = [name for entry in state.get("Catch", ()) for name in entry["ErrorEquals"]]
    if state["Type"] == "Fail" or (state["Type"] == "Task" and ALL not in caught):
        yield "fails"


def taken(definition: Document, history: Iterable[Document]) -> Iterator[Exit]:
    """The exits that one execution took, in order.

    One that the definition does not have is named after what happened: "Retry of RuntimeError".
    """
    state, error = "", ""
    for event in history:
        kind = event["type"]
        if kind.startswith("Task") and kind.endswith(("Failed", "TimedOut")):
            error = error_of(event)
        elif kind in ATTEMPTS and error:
            yield Exit(state, entry_for(definition["States"][state], "Retry", error))
            error = ""
        elif kind.endswith("StateEntered"):
            entered = event["stateEnteredEventDetails"]["name"]
            if state:
                yield Exit(state, exit_to(definition["States"][state], error, entered))
            state, error = entered, ""
        elif kind.startswith("Execution") and kind != "ExecutionStarted":
            yield Exit(state, "End" if kind == "ExecutionSucceeded" else "fails")


def exit_to(state: Document, error: str, entered: str) -> str:
    """The exit that led from the state to the one entered next."""
    if error:
        return entry_for(state, "Catch", error, entered)
    return "Next" if state.get("Next") == entered else f"Next to {entered}"


def entry_for(state: Document, policy: str, error: str, entered: str | None = None) -> str:
    """The exit by the first entry for the error; with `entered` if the entry leads elsewhere."""
    for place, entry in enumerate(state.get(policy, ())):
        if {error, ALL} & set(entry["ErrorEquals"]):
            right = entry.get("Next") == entered
            return f"{policy}[{place}]" if right else f"{policy}[{place}] to {entered}"
    return f"{policy} of {error}"


def error_of(event: Document) -> str:
    """The error of a failed attempt; a timeout may come without a name."""
    kind = event["type"]
    details = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
    return str(details.get("error", "States.Timeout" if kind.endswith("TimedOut") else ""))


def failures(history: Iterable[Document]) -> dict[str, list[str]]:
    """The errors of all failed attempts, by state."""
    found: dict[str, list[str]] = {}
    state = ""
    for event in history:
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        if event["type"].startswith("Task") and (error := error_of(event)):
            found.setdefault(state, []).append(error)
    return found


def table(definition: Document, walked: Iterable[Exit]) -> str:
    """How often each exit was taken; one that was not says "never"."""
    times, exits = Counter(walked), exits_of(definition)
    names = sorted({each.name for each in exits}, key=lambda name: (name not in SUCCESS, name))
    covered = sum(each in times for each in exits)
    wide = max(map(len, definition["States"]))
    lines = [f"Paths through the state machine: {covered} of {len(exits)} exits taken"]
    lines.append(" " * wide + "".join(f"{name:>10}" for name in names))
    for state in definition["States"]:
        row = (Exit(state, name) for name in names)
        cells = ((times[each] or "never") if each in exits else "" for each in row)
        lines.append(f"{state:<{wide}}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)
