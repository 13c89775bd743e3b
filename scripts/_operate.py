"""Run an operator's command on the system that the environment names, or on the local one.

usage: python scripts/_operate.py MODULE [--data DIR] [ARGUMENT ...]

With DB_HOST in the environment, the command gets its settings from there. Without it, it gets
those of the running local system that keeps its data in DIR (default: .local).
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(module: str, arguments: list[str]) -> None:
    """Replace this process by the command."""
    data = ROOT / ".local"
    if arguments[:1] == ["--data"]:
        data, arguments = Path(arguments[1]), arguments[2:]
    settings = {} if "DB_HOST" in os.environ or "--help" in arguments else _local(data)
    command = [sys.executable, "-m", module, *arguments]
    os.execve(sys.executable, command, os.environ | settings)  # noqa: S606 - our own module


def _local(data: Path) -> dict[str, str]:
    try:
        described = json.loads((data / "stack.json").read_text())
    except OSError:
        sys.exit(f"No system runs with its data in {data}, and DB_HOST names none.")
    return dict(described["environment"])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
