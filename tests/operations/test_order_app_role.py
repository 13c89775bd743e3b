"""The functions' role (sql/migrations/0008): its creation, and what is a receipt of goods.

tests/orders/test_statements.py has the test of its grants.
"""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from local.postgres.logins import OWNER, owner
from operations.migrations import MigrationFailed, migrate
from orders.database import connect
from orders.settings import DatabaseSettings
from tests.conftest import ROOT
from tests.running.tables import Tables

MIGRATIONS = ROOT / "sql" / "migrations"


@pytest.fixture(scope="module")
def conn(postgres: dict[str, str]) -> Iterator[Connection]:
    with closing(connect_as_owner(postgres)) as conn:
        yield conn


# Its creation, under another name: the role itself is there already.


@pytest.fixture
def role() -> str:
    """A name that no role has yet. The role outlives the test, as only its creator may drop it."""
    return f"order_app_{uuid4().hex[:8]}"


@pytest.fixture
def folder(role: str, tmp_path: Path) -> Path:
    """The migrations, with this name for the role."""
    for path in MIGRATIONS.glob("*.sql"):
        text = path.read_text("utf-8").replace("order_app", role)
        (tmp_path / path.name).write_text(text, "utf-8")
    return tmp_path


@pytest.fixture
def migrator(
    conn: Connection, role: str, empty_database: DatabaseSettings
) -> Iterator[DatabaseSettings]:
    """A login that owns the schema, and is no superuser."""
    name = f"migrator_{uuid4().hex[:8]}"
    conn.run(f"CREATE ROLE {name} LOGIN PASSWORD 'migrator'")
    conn.run(f"GRANT {name} TO {OWNER} WITH INHERIT TRUE")
    with closing(connect(empty_database)) as owning:
        owning.run(f"ALTER SCHEMA public OWNER TO {name}")
    yield empty_database.model_copy(update={"db_user": name, "db_password": "migrator"})
    with closing(connect(empty_database)) as owning:
        owning.run(f"REASSIGN OWNED BY {name} TO {OWNER}; DROP OWNED BY {name}")
    conn.run(f"DROP ROLE {name}")


def test_a_migrator_that_may_not_create_roles_says_what_an_administrator_must_do(
    conn: Connection, role: str, folder: Path, migrator: DatabaseSettings
) -> None:
    with closing(connect(migrator)) as by_migrator:
        with pytest.raises(MigrationFailed) as failed:
            migrate(by_migrator, folder)
        conn.run(f"CREATE ROLE {role} NOLOGIN")

        assert migrate(by_migrator, folder)[0] == "0008_order_app_role.sql"

    assert str(failed.value) == (
        f"0008_order_app_role.sql: {migrator.db_user} may not create roles: let an administrator "
        f"run CREATE ROLE {role} NOLOGIN, then migrate again"
    )


def test_the_migrator_that_created_the_role_still_receives_goods(
    conn: Connection, folder: Path, migrator: DatabaseSettings
) -> None:
    """PostgreSQL makes it a member with the ADMIN option, without the role's privileges."""
    conn.run(f"ALTER ROLE {migrator.db_user} CREATEROLE")
    with closing(connect(migrator)) as by_migrator:
        migrate(by_migrator, folder)
        by_migrator.run("INSERT INTO inventory VALUES ('P', 'A product', 1, 5)")
        by_migrator.run("UPDATE inventory SET stock = 7")
        received = by_migrator.run("SELECT sum(quantity) FROM inventory_receipts")

        assert received == [[7]]


def test_the_functions_reach_the_tables_in_a_schema_that_is_not_open_to_everybody(
    postgres: dict[str, str], empty_database: DatabaseSettings
) -> None:
    with closing(connect(empty_database)) as migrating:
        migrating.run("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        migrate(migrating)
    user, password = postgres["DB_USER"], postgres["DB_PASSWORD"]
    functions = empty_database.model_copy(update={"db_user": user, "db_password": password})

    with closing(connect(functions)) as conn:
        assert conn.run("SELECT order_id FROM orders") == []


# What is a receipt of goods.


def received(tables: Tables, product: str) -> int:
    (row,) = tables.rows(
        "SELECT sum(quantity) AS total FROM inventory_receipts WHERE product_id = :p", p=product
    )
    return int(row["total"])


def restock(settings: dict[str, str], product: str, application: str) -> None:
    known = {name.lower(): value for name, value in settings.items() if value}
    login = DatabaseSettings.model_validate(known)
    with closing(connect(login, application=application)) as conn:
        conn.run("UPDATE inventory SET stock = stock + 1 WHERE product_id = :p", p=product)


@pytest.mark.parametrize("application", ["order-functions", "psql"])
def test_a_change_of_stock_is_a_receipt_unless_the_functions_make_it(
    postgres: dict[str, str], application: str
) -> None:
    tables = Tables(postgres)
    product = tables.product(stock=10)

    restock(postgres, product, application)
    assert (tables.stock(product), received(tables, product)) == (11, 10)
    restock(owner(postgres), product, application)
    assert (tables.stock(product), received(tables, product)) == (12, 11)
    tables.database.close()


def test_the_functions_of_release_0_1_0_are_still_known_by_their_name(
    postgres: dict[str, str],
) -> None:
    """They log in as the owner, and may run on while the new ones are deployed."""
    tables = Tables(postgres)
    product = tables.product(stock=10)

    restock(owner(postgres), product, "order-management")

    assert (tables.stock(product), received(tables, product)) == (11, 10)
    tables.database.close()
