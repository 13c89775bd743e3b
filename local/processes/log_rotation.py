"""Keeps logs small: a full one is copied to `NAME.log.1`, and emptied.

It is emptied and not renamed, because the processes that write to it keep it open. They append, so
that they go on at its new end. A line that is written between the copy and the emptying is lost.
"""

import asyncio
import shutil
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

from local.processes.output import PERMISSIONS

LOG_BYTES = 10_000_000
"""A log of this size is full. It grows for up to a second more."""
OLD_LOGS = 3
"""How many full ones are kept of each log, the newest as `NAME.log.1`."""
SECONDS = 1.0


async def keep_small(logs: Path) -> None:
    """Look at the logs in this folder every second, until the task is cancelled."""
    while True:
        await asyncio.sleep(SECONDS)
        await asyncio.to_thread(rotate, logs, LOG_BYTES)


def rotate(logs: Path, most: int) -> None:
    """Empty the logs that have more bytes than this. On a full disk they are not kept."""
    with suppress(OSError):  # a log was removed, or no file is left; a second later it tries again
        for log in logs.glob("*.log"):
            if log.stat().st_size > most:
                _empty(log)


def _empty(log: Path) -> None:
    kept = [log.with_name(f"{log.name}.{age}") for age in range(1, OLD_LOGS + 1)]
    for newer, older in reversed(list(pairwise(kept))):
        if newer.exists():
            newer.rename(older)
    _copy(log, kept[0])
    with log.open("r+b") as full:
        full.truncate()


def _copy(log: Path, to: Path) -> None:
    """Copy the log, if the disk has room for it."""
    try:
        to.touch(PERMISSIONS)
        shutil.copyfile(log, to)
    except OSError:
        to.unlink(missing_ok=True)
