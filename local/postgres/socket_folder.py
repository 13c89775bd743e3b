"""The folder of PostgreSQL's unix socket, which only the server's account may enter."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.processes.data_folder import DataFolder

SOCKET_NAME = ".s.PGSQL.5432"
SOCKET_PATH_BYTES = 103  # the limit of macOS, which is the lowest


@contextmanager
def socket_folder(folder: DataFolder) -> Iterator[Path]:
    """A folder in the data folder, or a temporary one if PostgreSQL cannot use that path."""
    if _is_usable(folder.socket):
        folder.socket.mkdir(mode=0o700, exist_ok=True)
        yield folder.socket
        return
    elsewhere = Path(tempfile.mkdtemp(prefix="orders-"))
    try:
        yield elsewhere
    finally:
        shutil.rmtree(elsewhere, ignore_errors=True)


def _is_usable(path: Path) -> bool:
    """Whether the path is short enough, and has no comma or quote: the setting is a list."""
    length = len(os.fsencode(path / SOCKET_NAME))
    return length <= SOCKET_PATH_BYTES and not set(str(path)) & set(',"')
