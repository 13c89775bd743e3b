"""Make the virtual environment that holds a lock file, unless it is there; print its folder.

usage: python3 scripts/_environment.py local|dev|sam

One environment per Python minor version, in .venv/: `dev` holds all of `local`, so both share
one; the SAM CLI has its own. pip installs, so that the machine's own index, proxy and
certificate settings count. Talks on stderr, and only when there is something to do.
"""

import fcntl
import hashlib
import subprocess
import sys
import time
import venv
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MINOR = f"{sys.version_info.major}.{sys.version_info.minor}"

LOCKS = {"local": ("local",), "dev": ("build", "dev"), "sam": ("sam",)}
"""The lock files of each environment, in the order in which they are installed."""

PIP = ("-I", "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--no-user")
EXACTLY_THE_LOCK = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
# stepfunctions is published as source only, and is built with what `build` locks.
SOURCE_TOO = ("--no-binary", "stepfunctions", "--no-build-isolation", "--use-pep517")


def main(name: str) -> None:
    """Print the folder of the environment, ready to use."""
    folder = ROOT / ".venv" / (f"{MINOR}-sam" if name == "sam" else MINOR)
    folder.parent.mkdir(exist_ok=True)
    with one_at_a_time(folder):
        if not is_ready(folder, name):
            make(folder, name)
    print(folder)


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Wait while another set-up of the same folder runs; the lock dies with its holder."""
    with Path(f"{folder}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell(f"Waiting for another set-up of {folder.relative_to(ROOT)} ...\n")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_ready(folder: Path, name: str) -> bool:
    """Whether the folder holds the lock files as they are now."""
    wider = ("local", "dev") if name == "local" else (name,)
    return is_sound(folder) and any(stamp(folder, one).exists() for one in wider)


def is_sound(folder: Path) -> bool:
    """Whether the interpreter is there, and nothing unfinished or out of date."""
    stamps = [stamp(folder, name) for name in LOCKS if stamp(folder, name).exists()]
    current = all(one.read_text() == digest(one.stem) for one in stamps)
    return bool(stamps) and current and python(folder).exists() and not unfinished(folder).exists()


def make(folder: Path, name: str) -> None:
    """Install, on top of what is sound, from nothing otherwise."""
    started = time.monotonic()
    tell(f"Setting up {folder.relative_to(ROOT)} from requirements/{name}.txt, this once\n")
    if not is_sound(folder):
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
    unfinished(folder).touch()
    for lock in LOCKS[name]:
        install(folder, lock)
    stamp(folder, name).write_text(digest(name))
    unfinished(folder).unlink()
    tell(f"Ready after {time.monotonic() - started:.0f} s\n")


def install(folder: Path, lock: str) -> None:
    """Run pip; raises SystemExit with its last words when it fails."""
    extra = SOURCE_TOO if lock == "dev" else ()
    requirements = str(ROOT / "requirements" / f"{lock}.txt")
    command = [str(python(folder)), *PIP, *EXACTLY_THE_LOCK, *extra, "-r", requirements]
    last_words: deque[str] = deque(maxlen=30)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as pip:
        for line in pip.stdout or ():
            last_words.append(line.decode(errors="replace").rstrip())
            show(last_words[-1])
    show("")
    if pip.returncode:
        sys.exit("\n".join(last_words) + f"\n\npip could not install requirements/{lock}.txt")


def show(line: str) -> None:
    """One line of progress that overwrites itself; nothing where nobody watches."""
    if sys.stderr.isatty():
        tell(f"\r\033[K{line.strip()[:78]}")


def tell(words: str) -> None:
    """Say it at once."""
    sys.stderr.write(words)
    sys.stderr.flush()


def python(folder: Path) -> Path:
    """Its interpreter; a link that may dangle once the machine's Python has moved."""
    return folder / "bin" / "python"


def stamp(folder: Path, name: str) -> Path:
    """The file that says which lock was installed to its end."""
    return folder / f"{name}.stamp"


def unfinished(folder: Path) -> Path:
    """The file that stays behind when an installation was cut short."""
    return folder / "unfinished"


def digest(name: str) -> str:
    """Name of what the lock files say now."""
    texts = ((ROOT / "requirements" / f"{lock}.txt").read_bytes() for lock in LOCKS[name])
    return hashlib.sha256(b"".join(texts)).hexdigest()


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"Setting up .venv/{MINOR} failed: {error}")
