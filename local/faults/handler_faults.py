"""The worker's side of faults: what strikes a handler, and when.

Functions know nothing of this. What is wrapped is wrapped for one invocation, and only
for one that a fault was planned for.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from pg8000.native import Connection

from local.faults import postgres_faults

Fault = dict[str, Any]


@contextmanager
def injecting(fault: Fault | None) -> Iterator[None]:
    """Let the fault strike the handler that runs inside."""
    if fault is None:
        yield
        return
    when = fault.get("when", "before")
    with _wrapped(fault, when):
        if when == "before":
            _strike_before(fault)
        yield
    if when == "after":
        _strike(fault)


def _wrapped(fault: Fault, when: str) -> AbstractContextManager[None]:
    """What the handler runs in, when the fault strikes on its way."""
    if fault["kind"] == "refuse":
        return postgres_faults.refusing()
    if fault["kind"] == "crash" or when in ("at_commit", "after_commit"):
        return postgres_faults.around_commit(when, lambda connection: _strike(fault, connection))
    return nullcontext()


def _strike_before(fault: Fault) -> None:
    if fault["kind"] in ("drop", "refuse"):
        for connection in postgres_faults.open_connections():
            postgres_faults.cut(connection)
    elif fault["kind"] != "crash":  # which needs a connection and waits for the first statement
        _strike(fault)


def _strike(fault: Fault, connection: Connection | None = None) -> None:
    match fault["kind"]:
        case "raise":
            raise type(fault["error"], (Exception,), {})(fault["message"])
        case "timeout":
            signal.pause()  # until the runtime kills this process
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "drop":
            postgres_faults.cut(connection)
        case "crash":
            postgres_faults.crash(connection)
