"""The user account that PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.processes.data_folder import DataFolder
from local.processes.errors import StackFailure

Options = dict[str, Any]
"""Options that start a child process under an account."""


def unprivileged(folder: DataFolder) -> pwd.struct_passwd | None:
    """The account to use if we are root: the owner of the data, or `nobody`. If not, None."""
    if os.geteuid() != 0:
        return None
    owner = folder.postgres.stat().st_uid if folder.postgres.exists() else 0
    return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account the path's owner."""
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


@contextmanager
def entered(
    account: pwd.struct_passwd | None, *folders: Path
) -> Iterator[tuple[list[Path], Options]]:
    """Paths by which a process of the account reaches its own folders, and how to start it.

    Root's home is closed to others, and stays so: the process is born with the folders open, and
    reaches them by its list of open files, whatever their parents allow. Only Linux has that.
    Raises StackFailure elsewhere if a parent is closed.
    """
    if account is None:
        yield list(folders), {}
        return
    options = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "cwd": "/"}
    if sys.platform != "linux":
        _require_passage(account, folders)
        yield list(folders), options
        return
    files = [os.open(folder, os.O_RDONLY | os.O_DIRECTORY) for folder in folders]
    try:
        yield [Path(f"/proc/self/fd/{file}") for file in files], options | {"pass_fds": files}
    finally:
        for file in files:
            os.close(file)


def _require_passage(account: pwd.struct_passwd, folders: tuple[Path, ...]) -> None:
    for folder in folders:
        for parent in folder.parents:
            if not is_open(parent):
                raise StackFailure(
                    f"PostgreSQL refuses to run as root, and {account.pw_name} may not enter "
                    f"{parent}: start the stack without root."
                )


def is_open(folder: Path) -> bool:
    """Whether every user may pass through the folder."""
    return bool(folder.stat().st_mode & 0o001)
