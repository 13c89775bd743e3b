"""PostgreSQL describes sql/queries; what is wrong there is reported with file and query."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from local.postgres.statement_types import TARGET, WrongStatements, module

GOOD = """
-- name: totals(order_id)
-- Lists the order's totals.
-- nullable: product_id
SELECT customer_id, total_amount, updated_at, product_id
FROM orders
LEFT JOIN order_items USING (order_id)
WHERE orders.order_id = :order_id;
"""
WRONG = [
    (
        ("SELECT customer_id", "SELECT custmer_id"),
        ', totals: column "custmer_id" does not exist. Perhaps you meant to reference the column',
    ),
    (("FROM orders", "FROM order"), ', totals: syntax error at or near "order"'),
    (
        ("= :order_id", "= :ordr_id"),
        ": undeclared parameter name in query totals: ordr_id",
    ),
    (
        ("totals(order_id)", "totals(order_id, customer_id)"),
        ": unused declared parameter in query totals: ['customer_id']",
    ),
    (
        ("-- nullable: product_id\n", ""),
        ", totals: PostgreSQL cannot know whether customer_id, total_amount, updated_at,",
    ),
    (
        ("nullable: product_id", "nullable: product, :order"),
        ", totals: its comment declares :order, product, which it does not have",
    ),
    (
        ("SELECT customer_id", "SELECT to_jsonb(1) AS list"),
        ", totals: list is jsonb. Say in its comment what is in it: `-- json: list is a list of",
    ),
    (
        ("SELECT customer_id", "SELECT CAST(1 AS REAL) AS fraction"),
        ", totals: real has no Python type yet: add it to local.postgres.statement_descriptions",
    ),
    (
        ("SELECT customer_id", "SELECT orders.order_id AS product_id"),
        ", totals: two of its columns have the same name",
    ),
    (("totals(order_id)", "totals(order_id)$"), ", totals: the sign after its name does not fit"),
    (("totals(order_id)", "totals(order_id)<!"), ", totals: the sign after its name does not fit"),
    (
        ("-- Lists the order's totals.\n", ""),
        ", totals: the first line of its comment must be a whole sentence of at most 86 characters",
    ),
]


@pytest.fixture(scope="module")
def conn(postgres: dict[str, str]) -> Iterator[Connection]:
    with closing(connect_as_owner(postgres)) as conn:
        yield conn


def test_the_committed_types_are_those_of_the_queries(conn: Connection) -> None:
    assert module(conn) == TARGET.read_text("utf-8"), "stale: scripts/render writes it"


def test_a_column_is_optional_where_the_table_or_the_comment_says_so(
    conn: Connection, tmp_path: Path
) -> None:
    (tmp_path / "orders.sql").write_text(GOOD)

    text = module(conn, tmp_path)

    assert (
        "    customer_id: str\n"
        "    total_amount: Decimal\n"
        "    updated_at: datetime | None\n"
        "    product_id: str | None\n"
    ) in text
    assert "    def totals(self, *, order_id: str) -> list[TotalsRow]:\n" in text


@pytest.mark.parametrize(("change", "sentence"), WRONG)
def test_a_mistake_is_reported_with_file_and_query(
    conn: Connection, tmp_path: Path, change: tuple[str, str], sentence: str
) -> None:
    assert change[0] in GOOD
    (tmp_path / "orders.sql").write_text(GOOD.replace(*change))

    with pytest.raises(WrongStatements) as refused:
        module(conn, tmp_path)

    (line,) = str(refused.value).splitlines()
    assert line.startswith("sql/queries/orders.sql" + sentence)
