"""Runs the scenarios on a second engine, aws-local-stepfunctions: mocked, or with real functions.

It is an interpreter of the Amazon States Language in TypeScript, which shares no code with moto's
engine. It has no Step Functions API: second_engine.cjs runs all executions in one process, and
their events are translated into those that GetExecutionHistory would return.
https://github.com/nibble-4bits/aws-local-stepfunctions
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.running.builders import Document
from tests.running.shop import Shop
from tests.running.stacks import ROOT
from tests.scenarios.mock_config import MACHINE
from tests.scenarios.mock_format import MockConfig

PROGRAM = Path(__file__).with_suffix(".cjs")
Histories = dict[str, list[Document]]


def mocked(definition: Document, cases: Document) -> Histories:
    """The history of each case, whose tasks are mocked."""
    given = {case: {"input": {}, "mocks": mocks} for case, mocks in cases.items()}
    return _run({"definition": definition, "cases": given})


def calling(shop: Shop, definition: Document, orders: Document) -> Histories:
    """The history of each order, whose tasks call the stack's functions."""
    given = {name: {"input": order} for name, order in orders.items()}
    functions = {"url": shop.description["lambda_url"], "headers": shop.as_administrator}
    return _run({"definition": definition, "cases": given, "functions": functions})


def _run(given: Document) -> Histories:
    node = node_environment()
    ended = subprocess.run(
        [node / "bin" / "node", PROGRAM],
        env=os.environ | {"NODE_PATH": str(node / "node_modules")},
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {case: list(translated(events)) for case, events in json.loads(ended.stdout).items()}


def node_environment() -> Path:
    """The environment with Node.js and the engine, which is made if need be."""
    command = [sys.executable, "-m", "scripts.set_up", "node"]
    made = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return Path(made.stdout.strip())


def cases_of(config: MockConfig) -> Document:
    """The responses by case and state."""
    responses = config.model_dump(exclude_none=True)["MockedResponses"]
    cases = config.StateMachines[MACHINE].TestCases.items()
    return {
        case: {state: responses[name] for state, name in states.root.items()}
        for case, states in cases
    }


def translated(events: Iterable[Document]) -> Iterator[Document]:
    """The events in AWS's format, as far as tests read them."""
    for event in events:
        kind, state = event["type"], event.get("state", {})
        reason = {"error": event.get("Error"), "cause": event.get("Cause")}
        if kind == "StateEntered":
            details = {"name": state["name"], "input": json.dumps(state["input"])}
            yield {"type": f"{state['type']}StateEntered", "stateEnteredEventDetails": details}
        elif kind == "StateFailed" and state["type"] == "Task":
            yield {"type": "TaskFailed", "taskFailedEventDetails": reason}
        elif kind == "StateRetried":
            yield {"type": "TaskScheduled"}
        elif kind == "ExecutionFailed":
            yield {"type": kind, "executionFailedEventDetails": reason}
        elif kind == "ExecutionSucceeded":
            details = {"output": json.dumps(event["output"])}
            yield {"type": kind, "executionSucceededEventDetails": details}
