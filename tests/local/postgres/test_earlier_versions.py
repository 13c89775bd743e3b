"""Data files of earlier versions, whose owner was the superuser, and whom no password kept out."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local.postgres import binaries, initdb, single_user
from local.postgres.account import entered, give, unprivileged
from local.postgres.embedded import connect_as_owner, embedded
from local.postgres.single_user import Cluster
from local.processes.data_folder import DataFolder
from orders.database import connect
from orders.errors import DatabaseRefused
from orders.settings import DatabaseSettings

THEIRS = """CREATE ROLE order_app NOLOGIN;

CREATE ROLE order_functions LOGIN IN ROLE order_app;

CREATE SCHEMA theirs;

CREATE TABLE theirs.kept (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, word TEXT);

INSERT INTO theirs.kept (word) VALUES ('kept');

CREATE VIEW seen AS SELECT word FROM theirs.kept;

CREATE FUNCTION answer() RETURNS INTEGER LANGUAGE sql AS 'SELECT 42';

"""


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with TemporaryDirectory(prefix="orders-") as folder:
        asyncio.run(make(DataFolder(Path(folder))))
        yield Path(folder)


async def make(folder: DataFolder) -> None:
    """Make data files as an earlier version did."""
    account = unprivileged(folder)
    folder.postgres.mkdir(mode=0o700)
    give(folder.postgres, account)
    with entered(account, folder.postgres) as ((inside,), options):
        cluster = Cluster(binaries.reachable(), inside, folder.path / "log", options)
        await initdb._initdb(cluster, "-U", "orders", "--auth=trust", "--no-sync", *initdb.LOCALE)  # noqa: SLF001
        await single_user.run(cluster, "postgres", "CREATE DATABASE orders;\n\n")
        await single_user.run(cluster, "orders", THEIRS)


def test_they_are_changed_and_nothing_is_lost(data: Path) -> None:
    with embedded(data) as settings, closing(connect_as_owner(settings)) as conn:
        superusers = conn.run("SELECT rolname FROM pg_roles WHERE rolsuper")
        assert superusers == [["postgres"]]
        assert conn.run("SELECT current_setting('is_superuser')") == [["off"]]
        assert conn.run("SELECT word, answer() FROM seen") == [["kept", 42]]
        conn.run("INSERT INTO theirs.kept (word) VALUES ('added')")
        conn.run("ALTER TABLE theirs.kept ADD COLUMN more TEXT; DROP FUNCTION answer()")
        assert conn.run("SELECT pg_has_role('order_app', 'USAGE')") == [[False]]


def test_a_lost_password_file_is_made_anew(data: Path) -> None:
    with embedded(data) as before:
        file = Path(before["PGPASSFILE"])
        old = file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()

    with embedded(data) as settings:
        assert file.read_text() != old
        connect_as_owner(settings).close()
        password = old.strip().rpartition(":")[2]
        known = {name.lower(): value for name, value in settings.items()}
        login = DatabaseSettings.model_validate(
            known | {"db_user": "orders", "db_password": password}
        )
        with pytest.raises(DatabaseRefused, match="28P01"):
            connect(login)
