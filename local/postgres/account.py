"""The user account that PostgreSQL runs under: it refuses to run as root."""

import os
import pwd
from pathlib import Path
from typing import Any

from local.postgres import binaries
from local.processes.data_folder import DataFolder


def unprivileged(folder: DataFolder) -> pwd.struct_passwd | None:
    """The account to use if we are root: the owner of the data, or `nobody`. If not, None."""
    if os.geteuid() != 0:
        return None
    owner = folder.postgres.stat().st_uid if folder.postgres.exists() else 0
    return pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")


def process_options(account: pwd.struct_passwd | None) -> dict[str, Any]:
    """Options that start a child process under the account (None: under our own)."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account the path's owner."""
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def grant_access(account: pwd.struct_passwd | None, folder: DataFolder, socket: Path) -> None:
    """Let the account reach the data and the programs, and own the socket's folder."""
    if account is None:
        return
    for path in (folder.path, binaries.FOLDER, socket.parent):
        _make_traversable(path)
    give(socket, account)


def _make_traversable(path: Path) -> None:
    """Let every user pass through the folder and its parents (o+x), but not list their files."""
    for folder in (path, *path.parents):
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)
            because = "PostgreSQL, which refuses to run as root, must pass through it"
            print(f"  added o+x to {folder}: {because}", flush=True)  # noqa: T201
