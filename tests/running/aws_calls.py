"""What happens in the moment in which one of our modules calls AWS, in this process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from orders import backups, step_functions
from tests.running.builders import Document


@contextmanager
def when_asked(operation: str, do: Callable[[], object], *, only: str = "") -> Iterator[None]:
    """Do something just before each call of an AWS operation, such as s3.ListObjectsV2.

    What `do` does may itself call AWS. When it returns a response, AWS is not called. `only`:
    the text that a request must have.
    """
    clients = [backups._s3(), step_functions._states(), step_functions._reader()]  # noqa: SLF001
    event = f"before-call.{operation}"
    busy: list[bool] = []

    def handler(params: Document, **_: object) -> object:
        if busy or only not in str(params.get("body")):
            return None
        busy.append(True)
        try:
            return do()
        finally:
            busy.clear()

    for client in clients:
        client.meta.events.register(event, handler)
    try:
        yield
    finally:
        for client in clients:
            client.meta.events.unregister(event, handler)


@contextmanager
def calls_of(operation: str) -> Iterator[list[None]]:
    """Count the calls of an AWS operation."""
    calls: list[None] = []
    with when_asked(operation, lambda: calls.append(None)):
        yield calls


def internal_error() -> tuple[SimpleNamespace, Document]:
    """A response of AWS that says 500."""
    return SimpleNamespace(status_code=500, headers={}), {"Error": {"Code": "InternalError"}}


def not_shown() -> tuple[SimpleNamespace, Document]:
    """A response of Step Functions that knows no such execution, or does not show it yet."""
    return SimpleNamespace(status_code=400, headers={}), {
        "Error": {"Code": "ExecutionDoesNotExist"}
    }
