"""Output that neither a full disk nor a closed terminal can make fail.

A line that cannot be written is lost; an order must not be, because a log has no room for it.
"""

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDOUT, STDERR = 1, 2
PERMISSIONS = 0o600
"""Logs are for their owner only."""


class _Lossy(io.FileIO):
    """A file that drops what it cannot write."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def lossy(descriptor: int) -> TextIO:
    """A stream of text lines to this file descriptor, which stays open when the stream closes."""
    raw = _Lossy(descriptor, "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), "utf-8", errors="backslashreplace", line_buffering=True
    )


def make_standard_streams_lossy() -> None:
    """Let `print`, loggers and tracebacks of this process go on when nobody can read them."""
    sys.stdout, sys.stderr = lossy(STDOUT), lossy(STDERR)


def open_missing_descriptors() -> None:
    """Open those of 0, 1 and 2 that were closed before the start, as in `scripts/up >&-`.

    The next file or socket would get their numbers, and children would print into it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= STDERR:
        os.set_inheritable(descriptor, True)  # noqa: FBT003  # it takes no name
    os.close(descriptor)


def append_to(log: Path) -> int:
    """A file descriptor that appends to the log; to nothing, if the log cannot be opened."""
    try:
        return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, PERMISSIONS)
    except OSError:
        return os.open(os.devnull, os.O_WRONLY)
