"""Runs an order through the tasks one after the other, without the engine."""

from typing import Protocol

from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.definition import FORWARD

__all__ = ["FORWARD", "Functions", "TaskFailed", "failing", "walked"]


class TaskFailed(Exception):
    """An invocation ended in an error."""

    def __init__(self, error: Document) -> None:
        """Keep Lambda's error document."""
        super().__init__(f"{error['errorType']}: {error['errorMessage']}")
        self.name = str(error["errorType"])
        self.message = str(error["errorMessage"])


class Functions(Protocol):
    """Whatever runs the deployed functions: a stack, or this process."""

    def invoke(self, function: str, event: Document) -> Document:
        """The function's output; raises TaskFailed."""


def walked(functions: Functions, product_id: str, *, until: str, quantity: int = 1) -> Document:
    """The document of a new order as it leaves the named state."""
    document = an_order(a_line(product_id, quantity)) | {"order_id": an_id()}
    for state in FORWARD[: FORWARD.index(until) + 1]:
        document = functions.invoke(f"{state}Function", document)
    return document


def failing(document: Document, error: str = "RuntimeError", cause: str = "boom") -> Document:
    """The document as a Catch hands it to FailOrder."""
    return document | {"failure": {"Error": error, "Cause": cause}}
