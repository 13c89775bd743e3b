"""The environments: their folders, their lock files, their sizes, and whether they are ready."""

import hashlib
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
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
"""These have folders of their own; `dev` contains all of `local`, so both share one."""


@dataclass(frozen=True)
class Size:
    """What an environment costs: megabytes to load, megabytes on the disk, and seconds."""

    load_mb: int
    disk_mb: int
    seconds: int

    def __sub__(self, other: "Size") -> "Size":
        """What is left to do when the other environment is there already."""
        return Size(
            self.load_mb - other.load_mb,
            self.disk_mb - other.disk_mb,
            self.seconds - other.seconds,
        )


@dataclass(frozen=True)
class Environment:
    """One set of packages in a folder of .venv/, for the Python that runs this."""

    name: str

    @property
    def folder(self) -> Path:
        """Where it is installed."""
        return ROOT / ".venv" / (f"{MINOR}-{self.name}" if self.name in APART else MINOR)

    @property
    def python(self) -> Path:
        """Its interpreter: a symbolic link, broken when the machine's Python moved."""
        return self.folder / "bin" / "python"

    @property
    def stamp(self) -> Path:
        """The file that records which lock files were installed completely."""
        return self.folder / f"{self.name}.stamp"

    @property
    def unfinished(self) -> Path:
        """The file that is left when an installation was interrupted."""
        return self.folder / "unfinished"

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of the lock files as they are now."""
        texts = ((REQUIREMENTS / lock).read_bytes() for lock in LOCKS[self.name])
        return hashlib.sha256(b"".join(texts)).hexdigest()

    @property
    def size(self) -> Size:
        """What the set-up has to do, as requirements/sizes.json says."""
        whole = whole_size(self.name)
        has_local = self.name == "dev" and Environment("local").is_ready()
        return whole - whole_size("local") if has_local else whole

    def is_ready(self) -> bool:
        """Whether it was made from the lock files as they are now. Writes nothing."""
        sufficient = ("local", "dev") if self.name == "local" else (self.name,)
        return self.is_sound() and any(Environment(one).stamp.exists() for one in sufficient)

    def is_sound(self) -> bool:
        """Whether the interpreter runs, and no installation is unfinished or out of date."""
        together = (one for one in map(Environment, LOCKS) if one.folder == self.folder)
        there = [one for one in together if one.stamp.exists()]
        current = all(one.stamp.read_text() == one.digest for one in there)
        runs = os.access(self.python, os.X_OK)
        return bool(there) and current and runs and not self.unfinished.exists()


def whole_size(name: str) -> Size:
    """What requirements/sizes.json says of the environment."""
    return Size(**json.loads((REQUIREMENTS / "sizes.json").read_text())[name])
