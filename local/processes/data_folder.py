"""The data folder: the database, the logs, and stack.json, which describes the running stack."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from local.processes.errors import StackFailure


class DataFolder:
    """Paths in the data folder, which one running stack at a time has locked."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.postgres = path / "postgres"
        self.socket = path / "socket"
        self.password = path / "pgpass"
        self.logs = path / "logs"
        self.bucket = path / "bucket"
        self.description = path / "stack.json"
        self.headers = path / "headers.txt"
        self.roles = path / "roles.json"
        self.lock = path / "lock"

    def log(self, name: str) -> Path:
        """A component's log file."""
        return self.logs / f"{name}.log"

    def clear(self) -> None:
        """Remove the database, the bucket and the logs. Other files are left alone."""
        for folder in (self.postgres, self.bucket, self.logs):
            shutil.rmtree(folder, ignore_errors=True)
        self.password.unlink(missing_ok=True)

    def close_to_others(self) -> None:
        """Take other users' rights to the folders, and so to what is in them, and to the files.

        PostgreSQL's folders are closed from their beginning.
        """
        self.bucket.mkdir(exist_ok=True)
        for path in (self.logs, self.bucket, self.lock, self.roles):
            if path.exists():
                with suppress(PermissionError):  # it belongs to another user
                    path.chmod(path.stat().st_mode & 0o700)

    def describe(self, stack: dict[str, Any], headers: Mapping[str, str]) -> None:
        """Write stack.json, and the headers for `curl -H @headers.txt`, for their owner only.

        Both have secrets: curl's own command line would show them to everybody.
        """
        lines = [f"{name}: {value}\n" for name, value in headers.items()]
        write_private(self.headers, "".join(lines))
        write_private(self.description, json.dumps(stack, indent=2))

    def forget(self) -> None:
        """Remove what `describe` has written."""
        for file in (self.description, self.headers):
            file.unlink(missing_ok=True)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, complete or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


@contextmanager
def locked(path: Path, *, fresh: bool) -> Iterator[DataFolder]:
    """Lock the folder, which is made if it does not exist. Raises StackFailure if it is in use."""
    folder = DataFolder(path.resolve())
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = folder.lock.open("a")
    except OSError as error:
        message = f"Cannot use the data folder {path}: {error.strerror}. Name another with --data."
        raise StackFailure(message) from error
    with lock:
        _lock(lock.fileno(), folder.path)
        folder.forget()
        if fresh:
            folder.clear()
        _make_logs(folder)
        folder.close_to_others()
        try:
            yield folder
        finally:
            folder.forget()


def _make_logs(folder: DataFolder) -> None:
    """Make the folder of the logs, for the owner of the data folder, even if root starts us."""
    if not folder.logs.exists():
        owner = folder.path.stat()
        folder.logs.mkdir()
        if os.geteuid() == 0:
            os.chown(folder.logs, owner.st_uid, owner.st_gid)
    for path in (folder.logs, *folder.logs.iterdir()):
        if not os.access(path, os.W_OK):
            raise StackFailure(f"Cannot write to {path}: it belongs to another user.")


def _lock(file: int, path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        message = (
            f"The data folder {path} is in use by another local stack; "
            "stop that one, or choose another folder with --data."
        )
        raise StackFailure(message) from error
