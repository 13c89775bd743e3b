"""The roles of the local server, on the server that other tests use, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.postgres import logins
from orders.database import connect
from orders.errors import DatabaseRefused
from orders.settings import DatabaseSettings
from tests.running.tables import Tables


@pytest.fixture
def tables(postgres: dict[str, str]) -> Iterator[Tables]:
    tables = Tables(postgres)
    yield tables
    logins.create(postgres, postgres["DB_PASSWORD"])
    tables.database.close()


def user_of(environment: dict[str, str]) -> str:
    known = {name.lower(): value for name, value in environment.items() if value}
    conn = connect(DatabaseSettings.model_validate(known))
    ((user,),) = conn.run("SELECT current_user::text")
    conn.close()
    return str(user)


def test_everybody_needs_a_password(postgres: dict[str, str]) -> None:
    assert user_of(postgres) == "order_functions"
    assert user_of(logins.owner(postgres)) == "orders"
    for name in ("order_functions", "orders", "order_functions_full", "postgres"):
        with pytest.raises(DatabaseRefused, match="28P01"):
            user_of(postgres | {"DB_USER": name, "DB_PASSWORD": "another"})


def test_nobody_who_can_log_in_is_a_superuser(tables: Tables) -> None:
    """The superuser has no password; pg_hba.conf asks everybody for one."""
    superusers = tables.rows("SELECT rolname FROM pg_roles WHERE rolsuper")
    rules = Path(tables.environment["PGPASSFILE"]).with_name("postgres") / "pg_hba.conf"
    assert superusers == [{"rolname": "postgres"}]
    assert rules.read_text().splitlines()[1:] == ["local all all scram-sha-256"]


def test_a_start_on_data_of_another_day_changes_the_password_and_lifts_the_limit(
    tables: Tables,
) -> None:
    tables.rows("ALTER ROLE order_functions CONNECTION LIMIT 0")

    logins.create(tables.environment, "of today's start")

    assert user_of(tables.environment | {"DB_PASSWORD": "of today's start"}) == "order_functions"
    with pytest.raises(DatabaseRefused, match="28P01"):
        user_of(tables.environment)


def test_each_start_has_another_password() -> None:
    assert logins.functions()["DB_PASSWORD"] != logins.functions()["DB_PASSWORD"]
