"""A handler with one transaction on a warm connection, as the tasks have it."""

import os
from contextlib import suppress
from typing import Any

from pg8000.exceptions import Error
from pg8000.native import Connection

_warm: list[Connection] = []


def write(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Write a row and commit; `"commit": false` only reads, `"again"` tries once more."""
    try:
        return _write(event)
    except BaseException as error:
        _forget()
        if isinstance(error, Error) and event.get("again"):
            return _write(event)
        raise


def _forget() -> None:
    while _warm:
        with suppress(Error, OSError):
            _warm.pop().close()


def _write(event: dict[str, Any]) -> dict[str, Any]:
    database = _connected()
    if not event.get("commit", True):
        return {"rows": database.run("SELECT 1")}
    database.run("BEGIN")
    database.run("INSERT INTO written VALUES (:name)", name=event["name"])
    database.run("COMMIT")
    return {"pid": os.getpid()}


def _connected() -> Connection:
    if not _warm:
        _warm.append(
            Connection(
                user=os.environ["DB_USER"],
                password=os.environ["DB_PASSWORD"],
                unix_sock=f"{os.environ['DB_HOST']}/.s.PGSQL.5432",
                database=os.environ["DB_NAME"],
                ssl_context=False,
            )
        )
    return _warm[0]
