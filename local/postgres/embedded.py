"""PostgreSQL alone, without the rest of the stack: for tests, and to describe statements."""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from anyio.from_thread import start_blocking_portal
from pg8000.native import Connection

from local.postgres import logins
from local.postgres.server import address, server
from local.postgres.socket_folder import socket_folder
from local.processes import data_folder
from operations.migrations import migrate, seed
from orders.database import connect
from orders.settings import DatabaseSettings


@contextmanager
def embedded(folder: Path) -> Iterator[dict[str, str]]:
    """Run a migrated and seeded server with its data in the folder.

    Yields the DB_* settings that the functions have.
    """
    with (
        data_folder.locked(folder, fresh=False) as data,
        socket_folder(data) as socket,
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(server(data, socket)),
    ):
        environment = address(data, socket) | logins.functions()
        with closing(connect_as_owner(environment)) as conn:
            migrate(conn)
            seed(conn)
        logins.create(environment, environment["DB_PASSWORD"])
        yield environment


def connect_as_owner(environment: Mapping[str, str]) -> Connection:
    """A new connection of the owner to the database that these DB_* settings name."""
    known = {name.lower(): value for name, value in logins.owner(environment).items() if value}
    return connect(DatabaseSettings.model_validate(known))
