"""The statements of sql/queries, as a record keeps them: their text, and PostgreSQL's types."""

import re
from collections.abc import Iterator
from pathlib import Path

from aiosql.types import QueryFn
from pg8000.native import Connection, DatabaseError
from pydantic import BaseModel, ConfigDict

from local.postgres.statement_descriptions import describe
from orders import queries

FUNCTIONS = "order_app"
"""The role of the functions' logins."""
_INSUFFICIENT_PRIVILEGE = "42501"
_HEAD = re.compile(r"^(?=-- name: )", re.MULTILINE)


class Statement(BaseModel):
    """A statement. `text` has its header and comment; the types are those of Python.

    `records` are the types that `result` is made of: a row, or an object in a jsonb column.
    """

    model_config = ConfigDict(extra="forbid")

    text: str
    parameters: dict[str, str]
    result: str
    records: dict[str, dict[str, str]]


def described(conn: Connection) -> dict[str, Statement]:
    """Today's statements by file and name, as `orders.get_order`. Raises WrongStatement."""
    return {
        f"{path.stem}.{name}": describe_text(conn, text)
        for path in sorted(queries.FOLDER.glob("*.sql"))
        for name, text in _texts(path)
    }


def describe_text(conn: Connection, text: str) -> Statement:
    """The statement with the types that it has on this database. Raises WrongStatement."""
    name, query = _load(text)
    found = describe(conn, name, query)
    return Statement(
        text=text, parameters=found.parameters, result=found.result, records=found.records
    )


def is_permitted(conn: Connection, text: str) -> bool:
    """Whether the functions' role may run the statement; runs it with nulls, and rolls back."""
    _, query = _load(text)
    conn.run("BEGIN")
    try:
        conn.run(f"SET LOCAL ROLE {FUNCTIONS}")
        conn.run(query.sql, **dict.fromkeys(query.parameters or ()))
    except DatabaseError as error:
        return bool(error.args[0]["C"] != _INSUFFICIENT_PRIVILEGE)  # nulls cause other errors
    finally:
        conn.run("ROLLBACK")
    return True


def _texts(path: Path) -> Iterator[tuple[str, str]]:
    for text in _HEAD.split(path.read_text("utf-8"))[1:]:
        yield _load(text)[0], text.strip() + "\n"


def _load(text: str) -> tuple[str, QueryFn]:
    loaded = queries.load_text(text)
    (name,) = queries.names(loaded)
    return name, getattr(loaded, name)
