"""Make the virtual environment of a lock file, unless it is up to date; print its folder.

usage: python3 -m scripts.set_up local|dev|sam|node|squawk

There is one environment for each Python minor version, in .venv/. An environment that is ready is
only read: it may belong to another user. Everything but the folder goes to stderr.
"""

import fcntl
import shlex
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.set_up import obstacles
from scripts.set_up.environments import MINOR, ROOT, Environment
from scripts.set_up.installing import Installer, NotInstalled
from scripts.set_up.progress import Progress


def main(name: str) -> None:
    """Make the environment if need be, then print its folder."""
    environment = Environment(name)
    if not environment.is_ready():
        with one_at_a_time(environment.folder):
            if not environment.is_ready():
                make(environment)
    print(environment.folder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait while another process sets up the same folder; its lock ends with the process."""
    try:
        folder.parent.mkdir(exist_ok=True)
        lock = Path(f"{folder}.lock").open("w")  # noqa: SIM115 - only opening it may fail here
    except OSError as error:
        sys.exit(obstacles.of_writing(error, folder.parent))
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            write(f"Waiting for another set-up of {shown(folder)} ...")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def make(environment: Environment) -> None:
    """Install the environment, and say how much is loaded and how long it takes."""
    size, folder = environment.size, environment.folder
    refuse(obstacles.no_venv(), obstacles.musl())
    refuse(obstacles.no_room(folder.parent, size.disk_mb))
    refuse(obstacles.no_room(Path(tempfile.gettempdir()), size.load_mb))
    write(
        f"Setting up {shown(folder)} for Python {MINOR}, this once: loads about "
        f"{size.load_mb} MB, takes {size.disk_mb} MB on the disk and about {size.seconds} s"
    )
    started, progress = time.monotonic(), Progress(size.load_mb)
    Installer(environment, progress).run()
    write(f"Ready after {time.monotonic() - started:.0f} s, {progress.loaded:.0f} MB loaded")


def refuse(*found: str | None) -> None:
    """End with the first obstacle, if there is one."""
    for obstacle in filter(None, found):
        sys.exit(obstacle)


def shown(folder: Path) -> str:
    """The folder as a user sees it: `.venv/3.13`."""
    return shlex.quote(str(folder.relative_to(ROOT)))


def write(line: str) -> None:
    """Write a line to stderr at once."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except NotInstalled as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(obstacles.of_writing(error, ROOT / ".venv"))
