"""The options and the error message that the commands of reconciler and doctor share."""

import argparse
from typing import Any

from pydantic import ValidationError

from orders.documents import validation

EPILOG = (
    "--data DIR names the folder of a running local system that is not in .local. With DB_HOST in "
    "the environment it is refused: that names another system."
)


def add_window(parser: argparse.ArgumentParser) -> None:
    """Add the options from which an audit.Window is made."""
    add: Any = parser.add_argument
    add(
        "--older-than",
        type=float,
        default=60,
        metavar="SECONDS",
        help="skip open orders younger than this (60)",
    )
    add(
        "--hours",
        type=float,
        default=24,
        help="how far back to look at executions and backups (24)",
    )


def first_error(error: ValidationError) -> str:
    """The first wrong option, and what is wrong with it."""
    invalid = validation.first_error(error)
    return f"--{invalid.path.replace('_', '-')}: {invalid.message}"
