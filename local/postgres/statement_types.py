"""Write orders/statements.py: a method for each query of sql/queries, and its row's type.

PostgreSQL itself describes the statements; `--check` only compares, for scripts/check.
"""

import argparse
import difflib
import sys
import textwrap
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from aiosql import SQLParseException
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner, embedded
from local.postgres.statement_comments import WrongStatement
from local.postgres.statement_descriptions import Statement, describe
from local.processes.errors import StackFailure
from orders import queries

TARGET = Path(queries.__file__).with_name("statements.py")
_HEAD = '''"""The queries of sql/queries with their types, as PostgreSQL describes them.

Written by scripts/render: change sql/queries, not this file.
"""

from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypedDict
'''
_COLUMNS = 100


class WrongStatements(Exception):
    """All that is wrong with the queries: a line for each, which names file and query."""


def module(conn: Connection, folder: Path = queries.FOLDER) -> str:
    """What orders/statements.py must hold; raises WrongStatements."""
    wrong: list[str] = []
    files = {
        path.stem: list(_described(conn, path, wrong)) for path in sorted(folder.glob("*.sql"))
    }
    if wrong:
        raise WrongStatements("\n".join(wrong))
    statements = [statement for each in files.values() for statement in each]
    records = [
        _record(name, columns, statement)
        for statement in statements
        for name, columns in statement.records.items()
    ]
    protocols = [_protocol(name, each) for name, each in files.items()]
    return "\n\n".join([_HEAD, *records, *protocols, _namespaces(files)])


def _described(conn: Connection, path: Path, wrong: list[str]) -> Iterator[Statement]:
    """The file's queries by name; what is wrong is added to the list."""
    try:
        loaded = queries.load_file(path)
    except SQLParseException as error:
        wrong.append(f"sql/queries/{path.name}: {error}")
        return
    for name in queries.names(loaded):
        try:
            yield describe(conn, name, getattr(loaded, name))
        except WrongStatement as error:
            wrong.append(f"sql/queries/{path.name}, {name}: {error}")


# Makes the text of orders/statements.py.


def _record(name: str, columns: dict[str, str], statement: Statement) -> str:
    what = "A row" if name.endswith("Row") else "An object in a row"
    fields = [f"    {column}: {python}" for column, python in columns.items()]
    head = [f"class {name}(TypedDict):", f'    """{what} of `{statement.name}`."""', ""]
    return "\n".join([*head, *fields, ""])


def _protocol(file: str, statements: list[Statement]) -> str:
    head = f'class {_class_name(file)}(Protocol):\n    """sql/queries/{file}.sql."""\n'
    return "\n".join([head, *map(_method, statements)])


def _method(statement: Statement) -> str:
    parameters = [f"{name}: {python}" for name, python in statement.parameters.items()]
    marked = ["self", "*", *parameters] if parameters else ["self"]
    line = f"    def {statement.name}({', '.join(marked)}) -> {statement.result}:"
    if len(line) > _COLUMNS:
        listed = "".join(f"        {each},\n" for each in marked)
        line = f"    def {statement.name}(\n{listed}    ) -> {statement.result}:"
    return f"{line}\n{_docstring(statement)}\n"


def _docstring(statement: Statement) -> str:
    comment = statement.comment
    if not comment.details:
        return f'        """{comment.summary}"""'
    details = textwrap.fill(" ".join(comment.details), _COLUMNS - 8)
    text = f'"""{comment.summary}\n\n{details}\n"""'
    return textwrap.indent(text, " " * 8)


def _namespaces(files: dict[str, list[Statement]]) -> str:
    head = 'class Statements:\n    """The queries of each file of sql/queries."""\n'
    return "\n".join([head, *(f"    {name}: {_class_name(name)}" for name in files), ""])


def _class_name(file: str) -> str:
    return file.title().replace("_", "")


# The command.


def main() -> int:
    """Write the file, or say what is wrong; exit status 1 when anything is."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    check = parser.parse_args().check
    try:
        with (
            TemporaryDirectory(prefix="orders-") as folder,
            embedded(Path(folder)) as environment,
            closing(connect_as_owner(environment)) as conn,
        ):
            text = module(conn)
    except (WrongStatements, StackFailure) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return _compare(text) if check else _write(text)


def _compare(text: str) -> int:
    difference = difflib.unified_diff(
        TARGET.read_text("utf-8").splitlines(keepends=True),
        text.splitlines(keepends=True),
        "orders/statements.py",
        "what sql/queries says",
    )
    if lines := list(difference):
        sys.stderr.writelines(lines)
        sys.stderr.write("orders/statements.py is stale; scripts/render writes it.\n")
    return 1 if lines else 0


def _write(text: str) -> int:
    TARGET.write_text(text, encoding="utf-8")
    sys.stdout.write("wrote orders/statements.py\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
