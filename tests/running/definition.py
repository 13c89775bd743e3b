"""The states of the workflow, read from asl/order_processing.asl.json, so that tests follow it."""

import json
from collections.abc import Iterator
from pathlib import Path

from tests.running.builders import Document

ASL = Path(__file__).parents[2] / "asl" / "order_processing.asl.json"
DEFINITION: Document = json.loads(ASL.read_text("utf-8"))
STATES: Document = DEFINITION["States"]


def _path_from(state: str | None) -> Iterator[str]:
    """The states from this one on, when every task succeeds."""
    while state:
        yield state
        state = STATES[state].get("Next")


FORWARD = tuple(_path_from(DEFINITION["StartAt"]))
"""The states of an order that is processed."""
COMPENSATION = tuple(_path_from(STATES[FORWARD[0]]["Catch"][-1]["Next"]))
"""The states that follow a failed one."""
TASKS = tuple(name for name, state in STATES.items() if state["Type"] == "Task")
COMPENSATING_TASK = COMPENSATION[0]
BEST_EFFORT = [
    name
    for name in TASKS
    if {"Next": STATES[name].get("Next"), "ResultPath": None}.items()
    <= (STATES[name].get("Catch") or [{}])[-1].items()
]
"""The states after whose failure the order goes on."""


ALL = "States.ALL"


def retrier_for(state: str, error: str) -> Document | None:
    """The entry of the state's Retry that an error leads to."""
    entries: list[Document] = STATES[state].get("Retry", [])
    return next((each for each in entries if {error, ALL} & set(each["ErrorEquals"])), None)


def attempts(state: str, error: str) -> int:
    """How often the state is tried when each attempt ends in this error."""
    retrier = retrier_for(state, error)
    return 1 + (int(retrier["MaxAttempts"]) if retrier else 0)


def before(state: str) -> str:
    """The forward state before this one, not the first."""
    return FORWARD[FORWARD.index(state) - 1]
