"""Triggers a fault at a transaction's COMMIT, or right after it, by wrapping pg8000."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pg8000.native import Connection


@contextmanager
def at_statement(when: str, trigger: Callable[[Connection], None]) -> Iterator[None]:
    """Call `trigger` once, with the connection, at this moment of the handler.

    "at_commit" is before the first COMMIT, "after_commit" right after it. "before" is before the
    first statement of any kind.
    """
    run = Connection.run

    def run_or_trigger(connection: Connection, sql: str, *args: Any, **parameters: Any) -> Any:  # noqa: ANN401
        if when != "before" and sql != "COMMIT":
            return run(connection, sql, *args, **parameters)
        Connection.run = run
        if when == "after_commit":
            run(connection, sql)
        trigger(connection)
        # This line is reached only if the fault broke the connection, and so it raises. With
        # "after_commit" the COMMIT has succeeded, and the handler loses only the response to it.
        return run(connection, sql, *args, **parameters)

    Connection.run = run_or_trigger
    try:
        yield
    finally:
        Connection.run = run
