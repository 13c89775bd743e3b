"""Triggers a fault at a transaction's COMMIT, or right after it, by wrapping pg8000."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pg8000.native import Connection


@contextmanager
def at_statement(when: str, trigger: Callable[[Connection], None]) -> Iterator[None]:
    """Trigger once: "at_commit" or "after_commit" the first COMMIT, "before" the first statement.

    pg8000 is wrapped for this one invocation, and only until the fault is triggered.
    """
    run = Connection.run

    def run_or_trigger(connection: Connection, sql: str, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401
        if when != "before" and sql != "COMMIT":
            return run(connection, sql, *args, **parameters)
        Connection.run = run
        if when == "after_commit":
            run(connection, sql)
        trigger(connection)
        # Only a fault that broke the connection comes here: this raises, although the COMMIT
        # may have been made. Its response is lost.
        return run(connection, sql, *args, **parameters)

    Connection.run = run_or_trigger
    try:
        yield
    finally:
        Connection.run = run
