"""Runs statements in PostgreSQL's single-user mode, as its superuser, without any server.

No password leads to the superuser: whoever may write the data files is it.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from local.postgres.account import Options
from local.processes.errors import StackFailure


@dataclass(frozen=True)
class Cluster:
    """Data files, as the server's account reaches them, and how it runs PostgreSQL's programs."""

    programs: Path
    data: Path
    log: Path
    options: Options


async def run(cluster: Cluster, database: str, statements: str) -> None:
    """Run the statements, each of which ends in a semicolon and a blank line.

    Raises StackFailure if one fails.
    """
    process = await asyncio.create_subprocess_exec(
        *(cluster.programs / "postgres", "--single", "-j", "-D", cluster.data, database),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        **cluster.options,
    )
    _, printed = await process.communicate(statements.encode())
    with cluster.log.open("ab") as output:
        output.write(printed)
    if process.returncode != 0 or b" ERROR: " in printed:
        raise StackFailure(f"Setting up the database failed; see {cluster.log}.")
