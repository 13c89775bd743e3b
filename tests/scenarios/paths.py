"""Which ways through a state machine an execution took, told from its history.

A way is a state and how it was left: "Next", "End", "Catch[0]", "Retry[1]" (left to be tried
again), or "fails" (the execution ends there).
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tests.running.builders import Document

ALL = "States.ALL"
TRIES = ("TaskScheduled", "LambdaFunctionScheduled")


class Edge(NamedTuple):
    """A state, and a way out of it."""

    state: str
    way: str


def edges_of(definition: Document) -> list[Edge]:
    """Every way out of every state, in the definition's order."""
    states = definition["States"].items()
    return [Edge(name, way) for name, state in states for way in ways_out(state)]


def ways_out(state: Document) -> Iterator[str]:
    """A task without a catch-all may fail its execution, and a Fail state does."""
    yield from (way for way in ("Next", "End") if way in state)
    for policy in ("Catch", "Retry"):
        yield from (f"{policy}[{place}]" for place in range(len(state.get(policy, ()))))
    caught = [name for entry in state.get("Catch", ()) for name in entry["ErrorEquals"]]
    if state["Type"] == "Fail" or (state["Type"] == "Task" and ALL not in caught):
        yield "fails"


def taken(definition: Document, history: Iterable[Document]) -> Iterator[Edge]:
    """The ways that one execution took, in order.

    A way that the definition does not have is told as one: "Retry of RuntimeError".
    """
    state, error = "", ""
    for event in history:
        kind = event["type"]
        if kind.startswith("Task") and kind.endswith(("Failed", "TimedOut")):
            error = error_of(event)
        elif kind in TRIES and error:
            yield Edge(state, entry_for(definition["States"][state], "Retry", error))
            error = ""
        elif kind.endswith("StateEntered"):
            entered = event["stateEnteredEventDetails"]["name"]
            if state:
                yield Edge(state, way_on(definition["States"][state], error, entered))
            state, error = entered, ""
        elif kind.startswith("Execution") and kind != "ExecutionStarted":
            yield Edge(state, "End" if kind == "ExecutionSucceeded" else "fails")


def way_on(state: Document, error: str, entered: str) -> str:
    """The way that led from the state to the one entered next."""
    if error:
        return entry_for(state, "Catch", error, entered)
    return "Next" if state.get("Next") == entered else f"Next to {entered}"


def entry_for(state: Document, policy: str, error: str, entered: str | None = None) -> str:
    """The first entry that names the error, if it leads to the state entered next."""
    for place, entry in enumerate(state.get(policy, ())):
        if {error, ALL} & set(entry["ErrorEquals"]):
            right = entry.get("Next") == entered
            return f"{policy}[{place}]" if right else f"{policy}[{place}] to {entered}"
    return f"{policy} of {error}"


def error_of(event: Document) -> str:
    """The error of a try that failed; a timeout may leave its name out."""
    kind = event["type"]
    details = event.get(f"{kind[0].lower()}{kind[1:]}EventDetails", {})
    return str(details.get("error", "States.Timeout" if kind.endswith("TimedOut") else ""))


def failures(history: Iterable[Document]) -> dict[str, list[str]]:
    """The errors of all tries that failed, by state."""
    found: dict[str, list[str]] = {}
    state = ""
    for event in history:
        state = event.get("stateEnteredEventDetails", {}).get("name", state)
        if event["type"].startswith("Task") and (error := error_of(event)):
            found.setdefault(state, []).append(error)
    return found


def table(definition: Document, walked: Iterable[Edge]) -> str:
    """How often each way was taken; "never" stands out."""
    times, edges = Counter(walked), edges_of(definition)
    ways = sorted({edge.way for edge in edges}, key=lambda way: (way not in ("Next", "End"), way))
    covered = sum(edge in times for edge in edges)
    wide = max(map(len, definition["States"]))
    lines = [f"Ways through the state machine: {covered} of {len(edges)} taken"]
    lines.append(" " * wide + "".join(f"{way:>10}" for way in ways))
    for name in definition["States"]:
        cells = (
            (times[Edge(name, way)] or "never") if Edge(name, way) in edges else "" for way in ways
        )
        lines.append(f"{name:<{wide}}" + "".join(f"{cell:>10}" for cell in cells))
    return "\n".join(lines)
