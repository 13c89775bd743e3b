"""What mypy believes of sql/queries (orders/statements.py) is what PostgreSQL does."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict

import mypy.api
import pytest
from pg8000.exceptions import DatabaseError
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from orders.queries import Sql
from orders.statements import Statements

ROOT = Path(__file__).parents[2]

PROTOCOLS = get_type_hints(Statements)
QUERIES = [
    (file, name)
    for file, protocol in PROTOCOLS.items()
    for name in vars(protocol)
    if not name.startswith("_")
    and name != "freeze"  # it must be the first statement of its transaction
]

SOME_ROWS = """
INSERT INTO inventory VALUES ('P-1', 'A product', 10.00, 5);
INSERT INTO orders (order_id, customer_id, total_amount, status, created_at) VALUES
    ('with items', 'C-1', 20.00, 'pending', '2020-01-01'),
    ('without items', 'C-1', 20.00, 'processing', '2020-01-01');
INSERT INTO order_items VALUES ('with items', 'P-1', 2, 10.00);
INSERT INTO inventory_reservations (order_id, customer_id, product_id, quantity, status, created_at)
VALUES
    ('with items', 'C-1', 'P-1', 3, 'held', '2020-01-01'),
    ('not stored', 'C-1', 'P-1', 1, 'held', '2020-01-01');
INSERT INTO accepted_orders (order_id, request, order_digest, accepted_at, settled_at) VALUES
    ('with items', '{}', '0', '2020-01-01', NULL),
    ('not stored', NULL, NULL, '2020-01-01', '2020-01-01'),
    ('not stored yet', '{}', '0', '2020-01-01', NULL);
"""
AN_ORDER = {
    "order_id": "new",
    "customer_id": "C-1",
    "total_amount": "10.00",
    "items": [{"product_id": "P-1", "quantity": 1, "price": "10.00"}],
}
ARGUMENTS = {
    "after_id": "",
    "after_time": datetime(2019, 1, 1),  # noqa: DTZ001 - the tables' timestamps are UTC without saying so
    "customer_id": "C-1",
    "older_than": 1.5,
    "order_digest": "0" * 64,
    "order_document": json.dumps(AN_ORDER),
    "order_id": "with items",
    "order_ids": '["nobody"]',
    "product_id": "P-1",
    "product_ids": '["P-1"]',
    "request": "{}",
    "reservation_status": "held",
    "row_limit": 10,
    "row_offset": 0,
    "since": datetime(2020, 1, 1),  # noqa: DTZ001
    "status": "pending",
}


RIGHTS = """
SELECT privilege_type, relname::text
FROM pg_class, aclexplode(relacl)
WHERE grantee = 'order_app'::regrole
UNION ALL
SELECT format('%s (%s)', privilege_type, attname), attrelid::regclass::text
FROM pg_attribute, aclexplode(attacl)
WHERE grantee = 'order_app'::regrole
"""

SNIPPET = """from orders.queries import Sql
def look(sql: Sql) -> object:
    sql.orders.get_order(order_id="1")
    sql.orders.get_ordr(order_id="1")
    sql.orders.get_order(ordr_id="1")
    sql.orders.set_status(order_id="1", status=None)
    return [row["quantiy"] for row in sql.reservations.lock(order_id="1")]
"""
REFUSED = {
    4: '"Orders" has no attribute "get_ordr"',
    5: 'Unexpected keyword argument "ordr_id" for "get_order"',
    6: 'Argument "status" to "set_status" of "Orders" has incompatible type "None"',
    7: 'TypedDict "LockRow" has no key "quantiy"',
}


@pytest.fixture(scope="module")
def conn(postgres: dict[str, str]) -> Iterator[Connection]:
    with closing(connect_as_owner(postgres)) as conn:
        yield conn


@pytest.fixture
def some_rows(conn: Connection) -> Iterator[None]:
    """Orders that agree with nothing, so that every query of sql/queries finds one.

    The queries then have the functions' rights.
    """
    conn.run("BEGIN")
    conn.run(SOME_ROWS)
    conn.run("SET LOCAL ROLE order_app")
    yield
    conn.run("ROLLBACK")


@pytest.mark.usefixtures("some_rows")
@pytest.mark.parametrize(("file", "name"), QUERIES)
def test_a_query_returns_what_its_types_say(conn: Connection, file: str, name: str) -> None:
    result = run(conn, file, name)

    assert result is not None
    assert result != []
    assert_type(result, types_of(file, name)[1])


def run(conn: Connection, file: str, name: str) -> object:
    parameters, _ = types_of(file, name)
    arguments = {parameter: ARGUMENTS[parameter] for parameter in parameters}
    if name == "delete_order":
        arguments["order_id"] = "without items"  # PostgreSQL refuses to delete one that has items
    return getattr(getattr(Sql(conn), file), name)(**arguments)


@pytest.mark.usefixtures("some_rows")
def test_every_right_of_the_functions_is_needed_by_a_query(conn: Connection) -> None:
    """The tests above run as the functions' role, so it has every right that it needs."""
    conn.run("RESET ROLE")
    rights = conn.run(RIGHTS)
    assert ["UPDATE (stock)", "inventory"] in rights
    for right, table in rights:
        conn.run("SAVEPOINT granted")
        conn.run(f"REVOKE {right} ON {table} FROM order_app")
        conn.run("SET LOCAL ROLE order_app")
        needed = any(is_refused(conn, file, name) for file, name in QUERIES)
        conn.run("ROLLBACK TO granted")
        assert needed, f"no query needs {right} ON {table}"


def is_refused(conn: Connection, file: str, name: str) -> bool:
    """Whether the role lacks a right for the query, or for a trigger that it sets off."""
    conn.run("SAVEPOINT before")
    try:
        run(conn, file, name)
    except DatabaseError as error:
        if error.args[0]["C"] != "42501":
            raise
        return True
    finally:
        conn.run("ROLLBACK TO before")
    return False


@pytest.mark.usefixtures("some_rows")
@pytest.mark.parametrize(("file", "name"), QUERIES)
def test_a_query_returns_it_for_nulls_and_for_orders_that_are_not_stored(
    conn: Connection, file: str, name: str
) -> None:
    parameters, returned = types_of(file, name)
    known = ARGUMENTS | {"order_id": "not stored"}
    arguments = {
        parameter: None if NoneType in get_args(hint) else known[parameter]
        for parameter, hint in parameters.items()
    }

    result = getattr(getattr(Sql(conn), file), name)(**arguments)

    assert_type(result, returned)


def test_mypy_refuses_misspelt_queries_parameters_and_columns(tmp_path: Path) -> None:
    snippet = tmp_path / "snippet.py"
    snippet.write_text(SNIPPET)
    settings = ["--config-file", str(ROOT / "pyproject.toml")]
    cache = ["--cache-dir", str(ROOT / ".mypy_cache")]  # seconds faster, once scripts/check has run

    output, _, _ = mypy.api.run([*settings, *cache, str(snippet)])

    errors = [line.split(":", 1)[1] for line in output.splitlines() if " error: " in line]
    for error, (line, message) in zip(errors, REFUSED.items(), strict=True):
        assert error.startswith(f"{line}: error: {message}")


def types_of(file: str, name: str) -> tuple[dict[str, Any], Any]:
    """The types of the query's parameters, and of its result."""
    hints = get_type_hints(getattr(PROTOCOLS[file], name))
    returned = hints.pop("return")
    return hints, returned


def assert_type(value: Any, hint: Any, where: str = "the result") -> None:  # noqa: ANN401 - any query's
    """Check the value against the type, rows column by column."""
    if get_origin(hint) is UnionType and value is None:
        return
    if get_origin(hint) is UnionType:
        (hint,) = set(get_args(hint)) - {NoneType}
    if get_origin(hint) is list:
        for row in value:
            assert_type(row, get_args(hint)[0], where)
    elif is_typeddict(hint):
        columns = get_type_hints(hint)
        assert value.keys() == columns.keys()
        for column, kind in columns.items():
            assert_type(value[column], kind, column)
    else:
        assert isinstance(value, hint), f"{where} is {value!r}, which is no {hint.__name__}"
