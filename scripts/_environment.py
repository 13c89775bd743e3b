"""Make the virtual environment of a lock file, unless it is up to date; print its folder.

usage: python3 scripts/_environment.py local|dev|sam|node|squawk

There is one environment for each Python minor version, in .venv/. `dev` contains all of
`local`, so both share one; the SAM CLI, Node.js and squawk have environments of their own. Packages
are installed with pip and npm, so that the machine's index, proxy and certificate settings apply.
Progress goes to stderr.
"""

import fcntl
import hashlib
import shutil
import subprocess
import sys
import time
import venv
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = ROOT / "requirements"
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"

LOCKS = {
    "local": ("local.txt",),
    "dev": ("build.txt", "dev.txt"),
    "sam": ("sam.txt",),
    "node": ("node.txt", "node/package-lock.json"),
    "squawk": ("squawk.txt",),
}
"""The lock files of each environment, in the order in which they are installed."""
APART = ("sam", "node", "squawk")
"""These have folders of their own."""

PIP = ("-I", "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--no-user")
NPM = ("--ignore-scripts", "--no-audit", "--no-fund")
EXACTLY_THE_LOCK = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
# stepfunctions is published as source only, and is built with what `build` locks.
SOURCE_TOO = ("--no-binary", "stepfunctions", "--no-build-isolation", "--use-pep517")


def main(name: str) -> None:
    """Make the environment if need be, then print its folder."""
    folder = ROOT / ".venv" / (f"{MINOR}-{name}" if name in APART else MINOR)
    folder.parent.mkdir(exist_ok=True)
    with one_at_a_time(folder):
        if not is_ready(folder, name):
            make(folder, name)
    print(folder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait while another process sets up the same folder; its lock ends with the process."""
    with Path(f"{folder}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            write(f"Waiting for another set-up of {folder.relative_to(ROOT)} ...\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_ready(folder: Path, name: str) -> bool:
    """Whether the folder was made from the lock files as they are now."""
    sufficient = ("local", "dev") if name == "local" else (name,)
    return is_sound(folder) and any(stamp(folder, one).exists() for one in sufficient)


def is_sound(folder: Path) -> bool:
    """Whether the interpreter is there, and no installation is unfinished or out of date."""
    stamps = [stamp(folder, name) for name in LOCKS if stamp(folder, name).exists()]
    current = all(one.read_text() == digest(one.stem) for one in stamps)
    return bool(stamps) and current and python(folder).exists() and not unfinished(folder).exists()


def make(folder: Path, name: str) -> None:
    """Install into the environment; one that is not sound is made anew."""
    started = time.monotonic()
    write(f"Setting up {folder.relative_to(ROOT)} from requirements/{name}.txt, this once\n")
    if not is_sound(folder):
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
    unfinished(folder).touch()
    for lock in LOCKS[name]:
        (install_from_npm if lock.endswith(".json") else install)(folder, lock)
    stamp(folder, name).write_text(digest(name))
    unfinished(folder).unlink()
    write(f"Ready after {time.monotonic() - started:.0f} s\n")


def install(folder: Path, lock: str) -> None:
    """Run pip."""
    extra = SOURCE_TOO if lock == "dev.txt" else ()
    requirements = str(REQUIREMENTS / lock)
    run(lock, str(python(folder)), *PIP, *EXACTLY_THE_LOCK, *extra, "-r", requirements)


def install_from_npm(folder: Path, lock: str) -> None:
    """Run the npm that pip installed; it reads both files from the folder that it installs into."""
    for file in ("package.json", Path(lock).name):
        shutil.copy((REQUIREMENTS / lock).with_name(file), folder)
    run(lock, str(folder / "bin" / "npm"), "ci", "--prefix", str(folder), *NPM)


def run(lock: str, *command: str) -> None:
    """Raises SystemExit with the last lines of the command's output when it fails."""
    last_lines: deque[str] = deque(maxlen=30)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as installer:
        for line in installer.stdout or ():
            last_lines.append(line.decode(errors="replace").rstrip())
            show(last_lines[-1])
    show("")
    if installer.returncode:
        sys.exit("\n".join(last_lines) + f"\n\nrequirements/{lock} could not be installed")


def show(line: str) -> None:
    """Show one line of progress over the one before; nothing when stderr is no terminal."""
    if sys.stderr.isatty():
        write(f"\r\033[K{line.strip()[:78]}")


def write(words: str) -> None:
    """Write to stderr at once."""
    sys.stderr.write(words)
    sys.stderr.flush()


def python(folder: Path) -> Path:
    """The environment's interpreter: a symbolic link, broken when the machine's Python moved."""
    return folder / "bin" / "python"


def stamp(folder: Path, name: str) -> Path:
    """The file that records which lock file was installed completely."""
    return folder / f"{name}.stamp"


def unfinished(folder: Path) -> Path:
    """The file that is left when an installation was interrupted."""
    return folder / "unfinished"


def digest(name: str) -> str:
    """The SHA-256, in hex, of the lock files as they are now."""
    texts = ((REQUIREMENTS / lock).read_bytes() for lock in LOCKS[name])
    return hashlib.sha256(b"".join(texts)).hexdigest()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"Setting up .venv/{MINOR} failed: {error}")
