"""Brings the database's schema up to date: applies each file of sql/migrations once, in order.

Each file is one transaction. The table `schema_migrations` records every applied file with its
checksum; a file that was changed after it was applied is an error. Runners that start together
apply one file at a time: each transaction takes an advisory lock. Connect to PostgreSQL itself,
not to RDS Proxy, which would pin the connection for SET LOCAL and for a file of over 16 KB.
"""

import argparse
import hashlib
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from orders.database import connect
from orders.errors import OrderError
from orders.settings import database_settings

_SQL = Path(__file__).parent.parent / "sql"
FOLDER = _SQL / "migrations"
_LOCK = 7_305_813_447
"""The number of the advisory lock; nothing else locks it."""

_STATEMENT_TIMEOUT = 3600
"""Seconds for one file: to index a large table can take many minutes."""

_LOCK_TIMEOUT = "5s"
"""How long a file waits for a table that functions use. While it waits, every statement that comes
after it waits, too; so it gives up, and is run again."""

_CREATE_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR(200) PRIMARY KEY,
    checksum CHAR(64) NOT NULL,
    applied_at TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
)
"""


_DESCRIPTION = "Migrate the database that the DB_* environment variables name."


class MigrationChanged(OrderError):
    """A file was changed after it was applied; a further change belongs into a new file."""


class NewerDatabase(OrderError):
    """The database has a migration that this release does not have."""


class MigrationFailed(OrderError):
    """PostgreSQL refused a file; its transaction was rolled back."""


@dataclass(frozen=True)
class Migration:
    """One file of sql/migrations."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The files, in the order in which they are applied."""
    return [Migration(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))]


def migrate(conn: Connection, folder: Path = FOLDER, *, rollback: bool = False) -> list[str]:
    """Apply the files that are new; returns their names, in order.

    Raises MigrationChanged before it applies anything, and NewerDatabase too, unless a `rollback`
    wants this release on the tables of a newer one. Raises MigrationFailed at the first file that
    PostgreSQL refuses.
    """
    files = migrations(folder)
    with _exclusive_transaction(conn):
        conn.run(_CREATE_LEDGER)
        _require_unchanged(conn, files)
        if not rollback:
            _require_known(conn, files)
    return [file.name for file in files if _apply(conn, file)]


def seed(conn: Connection) -> bool:
    """Insert the products of sql/seed.sql into an empty inventory; returns whether it was empty."""
    with _exclusive_transaction(conn):
        if conn.run("SELECT 1 FROM inventory LIMIT 1"):
            return False
        conn.run((_SQL / "seed.sql").read_text("utf-8"))
        return True


def _apply(conn: Connection, file: Migration) -> bool:
    with _exclusive_transaction(conn):
        if file.name in _ledger(conn):
            return False
        try:
            conn.run(file.text)
        except DatabaseError as error:
            message = f"{file.name}: {error.args[0].get('M')}"
            raise MigrationFailed(message) from error
        conn.run(
            "INSERT INTO schema_migrations (name, checksum) VALUES (:name, :checksum)",
            name=file.name,
            checksum=file.checksum,
        )
        return True


def _require_unchanged(conn: Connection, files: list[Migration]) -> None:
    applied = _ledger(conn)
    for file in files:
        if applied.get(file.name, file.checksum) != file.checksum:
            message = f"{file.name} was changed after it was applied; add a new file instead"
            raise MigrationChanged(message)


def _require_known(conn: Connection, files: list[Migration]) -> None:
    if unknown := sorted(_ledger(conn).keys() - {file.name for file in files}):
        raise NewerDatabase(
            f"The database has the migration {unknown[-1]}, which this release does not have: it "
            "belongs to a newer release, so use that one, or another database"
        )


def _ledger(conn: Connection) -> dict[str, str]:
    return dict(conn.run("SELECT name, checksum FROM schema_migrations"))


@contextmanager
def _exclusive_transaction(conn: Connection) -> Iterator[None]:
    conn.run("BEGIN")
    try:
        conn.run("SET LOCAL statement_timeout = 0")  # the database's timeout is for the functions
        conn.run("SELECT pg_advisory_xact_lock(:lock)", lock=_LOCK)
        conn.run(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        yield
    except BaseException:
        conn.run("ROLLBACK")
        raise
    conn.run("COMMIT")


def main() -> int:
    """Migrate the database that the DB_* environment variables name; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="scripts/migrate", description=_DESCRIPTION, allow_abbrev=False
    )
    parser.add_argument(
        "--seed", action="store_true", help="add the sample products if the inventory is empty"
    )
    parser.add_argument(
        "--rollback",
        action="store_true",
        help="accept a database that a newer release has migrated",
    )
    arguments = parser.parse_args()
    try:
        _run(with_seed=arguments.seed, rollback=arguments.rollback)
    except (OrderError, Error) as error:
        # Operators may see what the API hides: PostgreSQL's own message.
        sys.stderr.write(f"{error}: {error.__cause__}\n" if error.__cause__ else f"{error}\n")
        return 1
    return 0


def _run(*, with_seed: bool, rollback: bool) -> None:
    settings = database_settings()
    conn = connect(settings, application="order-migrations", timeout=_STATEMENT_TIMEOUT)
    with closing(conn):
        applied = "".join(f"applied {name}\n" for name in migrate(conn, rollback=rollback))
        sys.stdout.write(applied or "up to date\n")
        if with_seed:
            seeded = "seeded the inventory" if seed(conn) else "the inventory has products already"
            sys.stdout.write(f"{seeded}\n")


if __name__ == "__main__":
    sys.exit(main())
