"""Triggers a fault inside the worker process, while the handler runs.

The handlers contain nothing of this. pg8000 is patched where a fault needs it, and only for the
one invocation that has the fault.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from pg8000.native import Connection

from local.faults import commit_faults, postgres_faults, silent_postgres
from local.faults.function_faults import (
    LOGIN_WITHOUT_CONNECTIONS,
    Crash,
    Drop,
    Full,
    HandlerFault,
    Hang,
    Kill,
    NoConnection,
    Raise,
    Refuse,
    Rotate,
    Timeout,
)


@contextmanager
def injecting(fault: HandlerFault | None) -> Iterator[None]:
    """Trigger the fault before, during or after the handler, which runs inside this context."""
    if fault is None:
        yield
        return
    when = "before" if isinstance(fault, NoConnection | Hang) else fault.when
    with _wrapped(fault, when):
        if when == "before":
            _trigger_before(fault)
        yield
    if when == "after":
        _trigger(fault)


def _wrapped(fault: HandlerFault, when: str) -> AbstractContextManager[None]:
    """The context that triggers the fault at a statement of the handler, if it needs one."""
    match fault:
        case Refuse():
            return postgres_faults.refusing()
        case Full():
            return postgres_faults.logging_in(user=LOGIN_WITHOUT_CONNECTIONS)
        case Rotate():
            return postgres_faults.logging_in(password="rotated")  # noqa: S106 - not any more
        case Hang():
            return silent_postgres.silence(fault.after)
    if isinstance(fault, Crash) or when in ("at_commit", "after_commit"):
        return commit_faults.at_statement(when, lambda connection: _trigger(fault, connection))
    return nullcontext()


def _trigger_before(fault: HandlerFault) -> None:
    """A crash is not triggered here: it needs a connection, and waits for the first statement.

    A hang is not triggered here either: `_wrapped` has begun it.
    """
    if isinstance(fault, Drop | NoConnection):
        for connection in postgres_faults.open_connections():
            postgres_faults.cut(connection)
    elif not isinstance(fault, Crash | Hang):
        _trigger(fault)


def _trigger(fault: HandlerFault, connection: Connection | None = None) -> None:
    match fault:
        case Raise():
            raise type(fault.error, (Exception,), {})(fault.message)
        case Timeout():
            signal.pause()  # until the worker pool kills this process
        case Kill():
            os.kill(os.getpid(), signal.SIGKILL)
        case Drop():
            postgres_faults.cut(connection)
        case Crash():
            postgres_faults.crash(connection)
