"""What the comment of a query in sql/queries declares beside its prose.

PostgreSQL cannot know everything about the rows that a statement returns. The comment says the
rest, each declaration on a line of its own:

-- nullable: reserved, :customer_id
    These columns, and these parameters (with a colon), may be null. A query with computed columns
    or an outer join must say which columns may be null; `-- nullable: nothing` says that none may.
-- always a row
    A query that returns one row (`^`) or one value (`$`) returns None without this line when there
    is no row. With it, there is a row in every case.
-- json: items is a list of OrderItem (product_id TEXT, quantity INTEGER)
    The jsonb column `items` is a list of objects with these keys.
"""

import re
from dataclasses import dataclass, field

_NULLABLE = re.compile(r"nullable: (.+)")
_ALWAYS = re.compile(r"always a row")
_JSON = re.compile(r"json: (\w+) is a list of (\w+) \((.+)\)")
_SUMMARY = re.compile(r".{1,85}\.")


class WrongStatement(Exception):
    """One sentence about a query that cannot be described."""


@dataclass(frozen=True)
class JsonList:
    """A jsonb column that is a list of objects: their type's name, and each key's SQL type."""

    name: str
    keys: dict[str, str]


@dataclass
class Comment:
    """A query's comment, taken apart. `nullable` is None when nothing is said about null."""

    summary: str = ""
    details: list[str] = field(default_factory=list)
    nullable: set[str] | None = None
    always_a_row: bool = False
    json: dict[str, JsonList] = field(default_factory=dict)


def read_comment(text: str) -> Comment:
    """Take the comment apart; raises WrongStatement when its prose cannot be a docstring."""
    comment, prose = Comment(), []
    for line in text.splitlines():
        if declared := _NULLABLE.fullmatch(line):
            comment.nullable = set(declared[1].split(", ")) - {"nothing"}
        elif _ALWAYS.fullmatch(line):
            comment.always_a_row = True
        elif declared := _JSON.fullmatch(line):
            comment.json[declared[1]] = JsonList(declared[2], _keys(declared[3]))
        else:
            prose.append(line)
    comment.summary, comment.details = "".join(prose[:1]), prose[1:]
    if not _SUMMARY.fullmatch(comment.summary):
        raise WrongStatement(
            "the first line of its comment must be a whole sentence of at most 86 characters"
        )
    return comment


def _keys(text: str) -> dict[str, str]:
    words = (key.split(" ") for key in text.split(", "))
    return {name: sql_type.lower() for name, sql_type in words}
