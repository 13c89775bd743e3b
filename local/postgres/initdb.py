"""Creates PostgreSQL's data files and the database, and checks which version made them."""

import asyncio
import pwd
import shutil
import sys
from pathlib import Path
from typing import Any

from local.postgres import binaries, logins
from local.postgres.account import give, process_options
from local.processes import child_process
from local.processes.errors import StackFailure

DATABASE = "orders"
LOCALE = (
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
)


_SETTINGS = ("-U", logins.OWNER, "--auth=trust", "--no-instructions", *LOCALE)
_SYNC_METHOD = "syncfs" if sys.platform == "linux" else "fsync"
"""How the data files are flushed to the disk, once, at the end. `syncfs` does it with one call
instead of a thousand, and only Linux has it."""


async def create(data: Path, account: pwd.struct_passwd | None, log: Path) -> None:
    """Create the data files, complete or not at all. Raises StackFailure."""
    draft = data.with_name("postgres.new")  # renamed at the end: an interrupted one is never used
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    give(draft, account)
    print("  creating the database ...", flush=True)  # noqa: T201
    options = process_options(account)
    await _initdb(draft, log, options, "--no-sync", *_SETTINGS)
    await _create_database(draft, log, options)
    await _initdb(draft, log, options, "--sync-only", "--sync-method", _SYNC_METHOD)
    draft.rename(data)


async def _initdb(data: Path, log: Path, options: dict[str, Any], *arguments: str) -> None:
    program = binaries.FOLDER / "initdb"
    await child_process.run(
        "Creating the database", program, "-D", data, *arguments, log=log, **options
    )


async def _create_database(data: Path, log: Path, options: dict[str, Any]) -> None:
    """Run one statement in PostgreSQL's single-user mode, which needs no server."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(binaries.FOLDER / "postgres", "--single", "-F", "-D", data, "postgres"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=output,
            **options,
        )
    await process.communicate(f"CREATE DATABASE {DATABASE}\n".encode())
    if process.returncode != 0:
        raise StackFailure(f"Creating the database failed; see {log}.")


def check_version(data: Path) -> None:
    """Raises StackFailure when another major version of PostgreSQL made the data files."""
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != binaries.VERSION:
        message = (
            f"{data} was made by PostgreSQL {made_by}, this is {binaries.VERSION}: "
            "start over with --fresh, or choose another folder with --data."
        )
        raise StackFailure(message)
