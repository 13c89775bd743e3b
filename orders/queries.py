"""Runs the queries of sql/queries in a transaction; each file is one namespace of `Sql`."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import aiosql
from aiosql.queries import Queries
from pg8000.native import Connection

from orders import database
from orders.statements import Statements

FOLDER = Path(__file__).parent.parent / "sql" / "queries"

Row: TypeAlias = dict[str, Any]


class _NativeAdapter:
    """aiosql's driver protocol over pg8000's own interface; rows are dicts."""

    def process_sql(self, _name: str, _operation: object, sql: str) -> str:
        return sql

    def select(
        self, conn: Connection, _name: str, sql: str, parameters: Row, _record: None = None
    ) -> list[Row]:
        rows = conn.run(sql, **parameters)
        names = [column["name"] for column in conn.columns]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def select_one(
        self, conn: Connection, name: str, sql: str, parameters: Row, _record: None = None
    ) -> Row | None:
        return next(iter(self.select(conn, name, sql, parameters)), None)

    def select_value(self, conn: Connection, name: str, sql: str, parameters: Row) -> object:
        row = self.select_one(conn, name, sql, parameters)
        return None if row is None else next(iter(row.values()))

    def insert_update_delete(self, conn: Connection, _name: str, sql: str, parameters: Row) -> int:
        conn.run(sql, **parameters)
        return int(conn.row_count)


class _Namespace:
    """The queries of one file, on one connection."""

    def __init__(self, queries: Queries, conn: Connection, before: Callable[[], object]) -> None:
        self._queries = queries
        self._conn = conn
        self._before = before

    def __getattr__(self, name: str) -> Callable[..., object]:
        query = getattr(self._queries, name)

        def run(**parameters: object) -> object:
            self._before()
            return query(self._conn, **parameters)

        return run


class Sql(Statements):
    """`sql.orders.get_order(order_id=...)` runs `get_order` of sql/queries/orders.sql.

    The types of all queries are those of orders/statements.py, which scripts/render writes.
    """

    def __init__(self, conn: Connection, before: Callable[[], object] = lambda: None) -> None:
        """Bind every file's queries to the connection; `before` is called before each query."""
        for name, queries in _load().items():
            setattr(self, name, _Namespace(queries, conn, before))


@contextmanager
def transaction(
    max_seconds: float = database.MAX_SECONDS, *, before: Callable[[], object] = lambda: None
) -> Iterator[Sql]:
    """All queries in one transaction: commit on exit, rollback on error.

    When the server does not answer, it gives up after `max_seconds`. `before` is called before each
    query; what it raises ends the transaction. Raises DatabaseUnavailable and DatabaseRefused.
    """
    ends = time.monotonic() + max_seconds
    with database.connection(max_seconds) as conn:

        def prepare() -> None:
            database.limit_wait(conn, ends)
            before()

        yield Sql(conn, prepare)


@cache
def _load() -> dict[str, Queries]:
    """File by file: aiosql would silently overwrite a name that two files of a folder share."""
    return {path.stem: load_file(path) for path in FOLDER.glob("*.sql")}


def load_file(path: Path) -> Queries:
    """The file's queries; raises SQLParseException when a header does not fit its statement."""
    return load_text(path.read_text("utf-8"))


def load_text(text: str) -> Queries:
    """The text's queries; raises SQLParseException when a header does not fit its statement."""
    adapter: Any = _NativeAdapter  # aiosql's protocol names methods that no query of ours needs
    queries: Queries = aiosql.from_str(text, adapter)
    return queries


def names(queries: Queries) -> list[str]:
    """The names of the queries in their files, without the variants that aiosql adds."""
    return [name for name in queries.available_queries if not name.endswith("_cursor")]
