"""What an installer has done so far: one line that is rewritten on a terminal, plain ones else."""

import re
import sys
from typing import TextIO

from scripts.set_up.obstacles import is_offline

_LOADED = re.compile(r"^\s*(?:Downloading|Using cached) (\S+).*\(([\d.]+) (bytes|kB|MB|GB)\)")
_IN_MB = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}
_STEPS = 4
"""How many lines the loading is worth where lines cannot be rewritten."""


class Progress:
    """Reads pip's lines and tells how much of `load_mb` megabytes is loaded."""

    def __init__(self, load_mb: int, stream: TextIO = sys.stderr) -> None:
        self._total, self._stream = max(load_mb, 1), stream
        self.loaded = 0.0
        self._step = 0
        self._said_offline = False

    def read(self, line: str) -> None:
        """Take in one line of the installer's, and show what it means."""
        if found := _LOADED.match(line):
            self.loaded += float(found[2]) * _IN_MB[found[3]]
            self._show(found[1].partition("-")[0])
        elif line.startswith("Installing collected packages:"):
            self._say(f"  unpacking {line.count(',') + 1} packages")
        elif is_offline(line) and not self._said_offline:
            self._said_offline = True
            self.write("  The package index does not answer; trying again ...\n")

    def end(self) -> None:
        """Clear the line that is rewritten."""
        if self._stream.isatty():
            self.write("\r\033[K")

    def _show(self, package: str) -> None:
        step = int(self.loaded / self._total * _STEPS)
        words = f"  {self.loaded:.0f} of about {self._total} MB loaded"
        if self._stream.isatty():
            self._say(f"{words}: {package}")
        elif step > self._step:
            self._step = step
            self._say(words)

    def _say(self, words: str) -> None:
        self.write(f"\r\033[K{words[:78]}" if self._stream.isatty() else f"{words}\n")

    def write(self, words: str) -> None:
        """Write at once."""
        self._stream.write(words)
        self._stream.flush()
