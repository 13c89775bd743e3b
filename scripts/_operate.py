"""Run an operator's command on the system that the environment names, or on the local one.

usage: python scripts/_operate.py MODULE [--data DIR] [ARGUMENT ...]

With DB_HOST in the environment, the command gets its settings from there. Without it, it gets
those of the running local system that keeps its data in DIR (default: .local). All other
arguments are the command's. Exit status 2: there is no such system.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import NoReturn

from scripts._running_system import DATA, NotRunning, described

COMMANDS = {"operations.doctor": "doctor", "operations.reconciler": "reconcile"}


def main(module: str, arguments: list[str]) -> None:
    """Replace this process by the command."""
    parser = argparse.ArgumentParser(
        prog=f"scripts/{COMMANDS[module]}", add_help=False, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path)
    known, rest = parser.parse_known_args(arguments)
    settings = {} if {"-h", "--help"} & set(rest) else _settings(known.data)
    command = [sys.executable, "-m", module, *rest]
    os.execve(sys.executable, command, os.environ | settings)  # noqa: S606 - our own module


def _settings(data: Path | None) -> dict[str, str]:
    """The variables that the environment lacks."""
    if "DB_HOST" not in os.environ:
        return _local(data or DATA)
    if data:
        _end(f"--data {data}: not with DB_HOST in the environment, which names another system")
    return {}


def _local(data: Path) -> dict[str, str]:
    try:
        return dict(described(data)["environment"])
    except NotRunning as error:
        _end(f"{error} And DB_HOST names none.")


def _end(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
