"""Apply sql/migrations in order, each once, each in one transaction.

The ledger `schema_migrations` keeps every applied file with its checksum; a file that was
changed after it was applied is refused. An advisory lock, held by each transaction, lets
only one runner in at a time (it lives on the runner's own connection, not on RDS Proxy).
"""

import argparse
import hashlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from orders.database import connect
from orders.errors import OrderError
from orders.settings import database_settings

_SQL = Path(__file__).parent.parent / "sql"
_LOCK = 7_305_813_447
"""Any number that nobody else locks."""

_PATIENCE = 3600
"""Seconds for any one file: an index on a large table takes its time."""

_LEDGER = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    name VARCHAR(200) PRIMARY KEY,
    checksum CHAR(64) NOT NULL,
    applied_at TIMESTAMP NOT NULL DEFAULT (CURRENT_TIMESTAMP AT TIME ZONE 'UTC')
)
"""


class MigrationChanged(OrderError):
    """An applied file is not what it was; write a new one instead."""


class MigrationFailed(OrderError):
    """PostgreSQL refused a file; nothing of it was kept."""


@dataclass(frozen=True)
class Migration:
    """One file of sql/migrations."""

    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def migrate(conn: Connection, folder: Path = _SQL / "migrations") -> list[str]:
    """Bring the schema up to date; gives the names applied now, in order.

    Raises MigrationChanged before anything is applied, MigrationFailed for the file at fault.
    """
    files = [Migration(path.name, path.read_text("utf-8")) for path in sorted(folder.glob("*.sql"))]
    with _exclusive_transaction(conn):
        conn.run(_LEDGER)
        _require_unchanged(conn, files)
    return [file.name for file in files if _apply(conn, file)]


def seed(conn: Connection) -> bool:
    """Put the seed's products into an inventory that has none; tells whether it did."""
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


def _ledger(conn: Connection) -> dict[str, str]:
    return dict(conn.run("SELECT name, checksum FROM schema_migrations"))


@contextmanager
def _exclusive_transaction(conn: Connection) -> Iterator[None]:
    conn.run("BEGIN")
    try:
        conn.run("SET LOCAL statement_timeout = 0")  # the database's own is for the functions
        conn.run("SELECT pg_advisory_xact_lock(:lock)", lock=_LOCK)
        yield
    except BaseException:
        conn.run("ROLLBACK")
        raise
    conn.run("COMMIT")


def main() -> int:
    """Migrate the database that the DB_* environment names; `--seed` fills an empty inventory."""
    parser = argparse.ArgumentParser(prog="scripts/migrate", description=main.__doc__)
    parser.add_argument(
        "--seed", action="store_true", help="add the sample products if there are none"
    )
    seeding = parser.parse_args().seed
    try:
        _report(seeding, sys.stdout.write)
    except (OrderError, Error) as error:
        # Who runs migrations may see what the API hides: host, user, the server's own words.
        sys.stderr.write(f"{error}: {error.__cause__}\n" if error.__cause__ else f"{error}\n")
        return 1
    return 0


def _report(seeding: bool, tell: Callable[[str], object]) -> None:  # noqa: FBT001 - a flag of the command
    conn = connect(database_settings(), application="order-migrations", timeout=_PATIENCE)
    try:
        tell("".join(f"applied {name}\n" for name in migrate(conn)) or "up to date\n")
        if seeding:
            tell("seeded the inventory\n" if seed(conn) else "the inventory has products already\n")
    finally:
        conn.close()


if __name__ == "__main__":
    sys.exit(main())
