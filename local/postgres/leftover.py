"""Ends a PostgreSQL server that a killed stack left running, and removes what it left behind."""

import signal
from pathlib import Path

import psutil

from local.postgres.socket_folder import SOCKET_NAME

LEFTOVER_SECONDS = 10.0
"""A leftover that has not ended this long after it was asked to is killed."""


def end_leftover(data: Path) -> None:
    """End every process of a server on these data, then remove its pid file.

    Only a leftover can run there: the data folder is locked by us. The pid in the file proves
    nothing, because another program may have it by now; but every process of a server has the
    data as its working directory.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists():
        return
    leftovers = [process for process in psutil.process_iter() if _works_in(process, data)]
    for process in leftovers:
        if str(process.pid) == pid_file.read_text().partition("\n")[0]:
            process.send_signal(signal.SIGINT)  # to the postmaster, which ends the others
    _, alive = psutil.wait_procs(leftovers, LEFTOVER_SECONDS)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, 1)
    pid_file.unlink(missing_ok=True)


def remove_lock(socket: Path) -> None:
    """Remove the lock of the socket in this folder, whose server has ended.

    PostgreSQL would not start while any process has the pid in it, be it another program, or a
    zombie of the killed server.
    """
    (socket / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return bool(process.name().startswith("postgres") and process.cwd() == str(data))
    except psutil.Error:
        return False
