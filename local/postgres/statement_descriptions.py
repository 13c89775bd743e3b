"""Asks PostgreSQL what each statement of sql/queries takes and returns."""

import re
from dataclasses import dataclass

from aiosql.types import QueryFn, SQLOperationType
from pg8000.native import Connection, DatabaseError

from local.postgres.statement_comments import Comment, WrongStatement, read_comment

_PYTHON = {
    "bigint": "int",
    "boolean": "bool",
    "character varying": "str",
    "double precision": "float",
    "integer": "int",
    "numeric": "Decimal",
    "text": "str",
    "timestamp without time zone": "datetime",
}
"""What pg8000 takes and returns for the types that our statements use."""

_OUTER_JOIN = re.compile(r"\b(LEFT|RIGHT|FULL)\s+(OUTER\s+)?JOIN\b", re.IGNORECASE)

_TYPES = """
SELECT CAST(parameter_types AS TEXT[]), CAST(coalesce(result_types, '{}') AS TEXT[])
FROM pg_prepared_statements
WHERE name = :name
"""
_NOT_NULL = "SELECT attnotnull FROM pg_attribute WHERE attrelid = :oid AND attnum = :number"


@dataclass(frozen=True)
class Statement:
    """The Python types of a query; `records` are the TypedDicts that `result` is made of."""

    name: str
    comment: Comment
    parameters: dict[str, str]
    result: str
    records: dict[str, dict[str, str]]


@dataclass(frozen=True)
class _Prepared:
    """A statement as PostgreSQL reports it: SQL types, and for plain columns whether NOT NULL."""

    parameters: dict[str, str]
    columns: dict[str, str]
    not_null: dict[str, bool]


def describe(conn: Connection, name: str, query: QueryFn) -> Statement:
    """Describe the query without running it; raises WrongStatement."""
    comment = read_comment(query.__doc__ or "")
    prepared = _prepare(conn, query)
    _require_declared(comment, prepared, query.sql)
    row = {column: _column_type(column, comment, prepared) for column in prepared.columns}
    record = "".join(word.capitalize() for word in name.split("_")) + "Row"
    records = {
        each.name: {key: _python(sql_type) for key, sql_type in each.keys.items()}
        for each in comment.json.values()
    }
    if query.operation in (SQLOperationType.SELECT, SQLOperationType.SELECT_ONE):
        records[record] = row
    return Statement(
        name=name,
        comment=comment,
        parameters={
            each: _parameter_type(each, comment, prepared) for each in query.parameters or ()
        },
        result=_result(query.operation, comment, record, list(row.values())),
        records=records,
    )


def _prepare(conn: Connection, query: QueryFn) -> _Prepared:
    try:
        prepared = conn.prepare(query.sql)
    except DatabaseError as error:
        raise WrongStatement(_message(error)) from error
    ((parameter_types, column_types),) = conn.run(_TYPES, name=prepared.name_bin[:-1].decode())
    in_order = prepared.make_vals({each: each for each in query.parameters or ()})
    columns = {column["name"]: column for column in prepared.cols or ()}
    if len(columns) != len(column_types):
        raise WrongStatement("two of its columns have the same name")
    return _Prepared(
        parameters=dict(zip(in_order, parameter_types, strict=True)),
        columns=dict(zip(columns, column_types, strict=True)),
        not_null={
            name: not_null
            for name, column in columns.items()
            for (not_null,) in conn.run(
                _NOT_NULL, oid=column["table_oid"], number=column["column_attrnum"]
            )
        },
    )


def _message(error: DatabaseError) -> str:
    """PostgreSQL's own words, with its hint."""
    fields = error.args[0]
    return ". ".join(fields[key].rstrip(".") for key in ("M", "H") if key in fields)


def _require_declared(comment: Comment, prepared: _Prepared, sql: str) -> None:
    """Raise WrongStatement for declarations that are missing or name nothing."""
    known = {*prepared.columns, *(f":{name}" for name in prepared.parameters)}
    if unknown := sorted({*(comment.nullable or ()), *comment.json} - known):
        raise WrongStatement(f"its comment declares {', '.join(unknown)}, which it does not have")
    computed = prepared.columns.keys() - prepared.not_null.keys()
    if comment.nullable is None and (computed or (prepared.columns and _OUTER_JOIN.search(sql))):
        doubtful = sorted(computed) or list(prepared.columns)
        raise WrongStatement(
            f"PostgreSQL cannot know whether {', '.join(doubtful)} may be null. Say in its comment "
            "which of its columns may be: `-- nullable: a_column`, or `-- nullable: nothing`"
        )


def _column_type(name: str, comment: Comment, prepared: _Prepared) -> str:
    sql_type = prepared.columns[name]
    if sql_type == "jsonb" and name not in comment.json:
        raise WrongStatement(
            f"{name} is jsonb. Say in its comment what is in it: "
            f"`-- json: {name} is a list of AnItem (a_key TEXT, another_key INTEGER)`"
        )
    python = f"list[{comment.json[name].name}]" if sql_type == "jsonb" else _python(sql_type)
    return _optional(
        python,
        when=name in (comment.nullable or ()) or not prepared.not_null.get(name, True),
    )


def _parameter_type(name: str, comment: Comment, prepared: _Prepared) -> str:
    sql_type = prepared.parameters[name]
    python = "str" if sql_type == "jsonb" else _python(sql_type)  # JSON is handed over as text
    return _optional(python, when=f":{name}" in (comment.nullable or ()))


def _python(sql_type: str) -> str:
    if sql_type not in _PYTHON:
        raise WrongStatement(f"{sql_type} has no Python type yet: add it to {__name__}._PYTHON")
    return _PYTHON[sql_type]


def _result(operation: SQLOperationType, comment: Comment, record: str, row: list[str]) -> str:
    match operation, row:
        case SQLOperationType.INSERT_UPDATE_DELETE, _:
            return "int"
        case SQLOperationType.SELECT, [_, *_]:
            return f"list[{record}]"
        case SQLOperationType.SELECT_ONE, [_, *_]:
            return _optional(record, when=not comment.always_a_row)
        case SQLOperationType.SELECT_VALUE, [value]:
            return _optional(value, when=not comment.always_a_row)
    raise WrongStatement(
        "the sign after its name does not fit: `!` for the number of changed rows, `$` for the "
        "value of one column, `^` for one row, none for a list of rows"
    )


def _optional(python: str, *, when: bool) -> str:
    return f"{python.removesuffix(' | None')} | None" if when else python
