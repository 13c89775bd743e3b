"""Run an operator's command against the system that the environment names, or the local one.

usage: python scripts/_operate.py MODULE [--data DIR] [ARGUMENT ...]

Without DB_HOST in the environment, the settings are those of the local system that runs with
its data in DIR (.local).
"""

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(module: str, arguments: list[str]) -> None:
    """Become the command."""
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
