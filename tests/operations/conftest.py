"""A system of the module's own: the functions in this process, on a database of their own."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from uuid import uuid4

import pytest

from local.postgres.embedded import connect_as_owner
from local.postgres.logins import owner
from operations.migrations import migrate
from orders.database import connect
from orders.settings import DatabaseSettings
from tests.operations.operated import Operated
from tests.running.in_process import in_process
from tests.running.tables import Tables


@pytest.fixture(scope="module")
def own_database(postgres: dict[str, str]) -> Iterator[DatabaseSettings]:
    """A new database for the module, and its owner's login."""
    with a_database(postgres) as environment:
        yield owner_of(environment)


@pytest.fixture
def empty_database(own_database: DatabaseSettings) -> Iterator[DatabaseSettings]:
    """The module's database, without any table: emptying it is faster than creating another."""
    yield own_database
    with closing(connect(own_database)) as conn:
        conn.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@pytest.fixture(scope="module")
def system(postgres: dict[str, str]) -> Iterator[Operated]:
    """The functions, with nobody else's orders: the doctor may look at all of them."""
    with a_database(postgres) as environment:
        with closing(connect_as_owner(environment)) as conn:
            migrate(conn)
        with in_process(environment) as running:
            yield Operated(running.environment)


@contextmanager
def a_database(postgres: dict[str, str]) -> Iterator[dict[str, str]]:
    """The functions' settings for a new database, which is dropped at the end."""
    name = f"test_{uuid4().hex}"
    server = Tables(postgres)
    server.rows(f"CREATE DATABASE {name}")
    yield postgres | {"DB_NAME": name}
    server.rows(f"DROP DATABASE {name} WITH (FORCE)")
    server.database.close()


def owner_of(environment: dict[str, str]) -> DatabaseSettings:
    """The owner's settings as `connect` wants them."""
    known = {name.lower(): value for name, value in owner(environment).items() if value}
    return DatabaseSettings.model_validate(known)
