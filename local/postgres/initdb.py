"""Creates PostgreSQL's data files and the database, and checks which version made them.

Nobody can log in with these files as they are: local/postgres/server.py lets roles in.
"""

import pwd
import shutil
import sys
from pathlib import Path

from local.postgres import binaries, single_user
from local.postgres.account import entered, give
from local.postgres.logins import DATABASE, OWNER
from local.postgres.single_user import Cluster
from local.processes import child_process
from local.processes.errors import StackFailure

LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


SUPERUSER = "postgres"
"""It has no password, and so cannot log in."""
_SETTINGS = ("-U", SUPERUSER, "--auth=reject", "--no-instructions", *LOCALE)
_SYNC_METHOD = "syncfs" if sys.platform == "linux" else "fsync"
"""How the data files are flushed to the disk, once, at the end. `syncfs` does it with one call
instead of a thousand, and only Linux has it."""


async def create(
    programs: Path, data: Path, account: pwd.struct_passwd | None, password: str, log: Path
) -> None:
    """Create the data files, complete or not at all. Raises StackFailure.

    `password` is that of the owner.
    """
    draft = data.with_name("postgres.new")  # renamed at the end: an interrupted one is never used
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, account)
    print("  creating the database ...", flush=True)  # noqa: T201
    with entered(account, draft) as ((inside,), options):
        cluster = Cluster(programs, inside, log, options)
        await _initdb(cluster, "--no-sync", *_SETTINGS)
        await single_user.run(cluster, "postgres", f"CREATE DATABASE {DATABASE};\n\n")
        await set_up(cluster, password)
        await _initdb(cluster, "--sync-only", "--sync-method", _SYNC_METHOD)
    draft.rename(data)


async def set_up(cluster: Cluster, password: str) -> None:
    """Make the owner, and give it the database and this password. Raises StackFailure.

    The data of earlier versions are changed to that; nothing of them is lost.
    """
    login = f"ALTER ROLE {OWNER} PASSWORD '{password}';\n\n"
    database = f"ALTER DATABASE {DATABASE} OWNER TO {OWNER};\n\n"
    await single_user.run(cluster, "postgres", _sql("owner_role") + database + login)
    await single_user.run(cluster, DATABASE, _sql("owner_objects"))


def _sql(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text("utf-8")


async def _initdb(cluster: Cluster, *arguments: str) -> None:
    initdb, log = cluster.programs / "initdb", cluster.log
    await child_process.run(
        "Creating the database", initdb, "-D", cluster.data, *arguments, log=log, **cluster.options
    )


def check_version(data: Path) -> None:
    """Raises StackFailure when another major version of PostgreSQL made the data files."""
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != binaries.VERSION:
        message = (
            f"{data} was made by PostgreSQL {made_by}, this is {binaries.VERSION}: "
            "start over with --fresh, or choose another folder with --data."
        )
        raise StackFailure(message)
