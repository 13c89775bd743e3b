"""Installs lock files with pip and npm, so that the machine's index, proxy and CA settings hold."""

import shutil
import subprocess
import sys
from collections import deque
from pathlib import Path

from scripts.set_up import obstacles
from scripts.set_up.environments import LOCKS, REQUIREMENTS, Environment
from scripts.set_up.progress import Progress

PIP = ("-I", "-m", "pip", "--disable-pip-version-check", "install", "--no-input", "--no-user")
NPM = ("--ignore-scripts", "--no-audit", "--no-fund")
EXACTLY_THE_LOCK = ("--require-hashes", "--no-deps", "--only-binary", ":all:")
# stepfunctions is published as source only, and is built with what `build` locks.
SOURCE_TOO = ("--no-binary", "stepfunctions", "--no-build-isolation", "--use-pep517")


class NotInstalled(Exception):
    """What an installer printed last, and one sentence that says what to do."""


class Installer:
    """Installs one environment, and tells how far it is."""

    def __init__(self, environment: Environment, progress: Progress) -> None:
        self._environment, self._progress = environment, progress

    def run(self) -> None:
        """Install all lock files of the environment. Raises NotInstalled."""
        if not self._environment.is_sound():
            self._create()
        self._environment.unfinished.touch()
        for lock in LOCKS[self._environment.name]:
            (self._npm if lock.endswith(".json") else self._pip)(lock)
        self._environment.stamp.write_text(self._environment.digest)
        self._environment.unfinished.unlink()

    def _create(self) -> None:
        """Make it anew, in a process of its own: Debian's venv says on stdout what is wrong."""
        shutil.rmtree(self._environment.folder, ignore_errors=True)
        folder = str(self._environment.folder)
        self._execute("venv", sys.executable, "-I", "-m", "venv", "--symlinks", folder)

    def _pip(self, lock: str) -> None:
        extra = SOURCE_TOO if lock == "dev.txt" else ()
        requirements = str(REQUIREMENTS / lock)
        python = str(self._environment.python)
        command = (python, *PIP, *EXACTLY_THE_LOCK, *extra, "-r", requirements)
        self._execute(f"requirements/{lock}", *command)

    def _npm(self, lock: str) -> None:
        """The npm that pip installed reads both files from the folder that it installs into."""
        folder = self._environment.folder
        for file in ("package.json", Path(lock).name):
            shutil.copy((REQUIREMENTS / lock).with_name(file), folder)
        npm = str(folder / "bin" / "npm")
        self._execute(f"requirements/{lock}", npm, "ci", "--prefix", str(folder), *NPM)

    def _execute(self, what: str, *command: str) -> None:
        lines: deque[str] = deque(maxlen=200)
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as installer:
            for line in installer.stdout or ():
                lines.append(line.decode(errors="replace").rstrip())
                self._progress.read(lines[-1])
        self._progress.end()
        if installer.returncode:
            raise NotInstalled(_failure(what, list(lines)))


def _failure(what: str, lines: list[str]) -> str:
    if found := obstacles.cause(lines):
        sentence, line = found
        return f"{line}\n{sentence}"
    return "\n".join([*lines[-30:], "", f"{what} could not be installed; the lines above say why."])
