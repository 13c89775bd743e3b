"""The command `scripts/doctor`: examine the system once and print the findings."""

import argparse
import sys

from pydantic import ValidationError

from operations import command_line
from operations.audit import Window
from operations.doctor.examination import Examination, examine
from orders.documents.fields import as_json
from orders.errors import OrderError

_DESCRIPTION = (
    "Compare orders, items, reservations, stock, backups and executions, and print every "
    "inconsistency. Only reads. Exit status 1: there are findings; 2: the examination failed."
)


def main() -> int:
    """Print the findings; returns the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    try:
        examination = examine(Window(older_than=arguments.older_than, hours=arguments.hours))
    except ValidationError as error:
        parser.error(command_line.first_error(error))
    except OrderError as error:
        sys.stderr.write(f"The doctor cannot look: {error}\n")
        return 2
    sys.stdout.write((as_json if arguments.json else _report)(examination) + "\n")
    return 1 if examination.findings else 0


def _report(examination: Examination) -> str:
    lines = [f"{each.kind}: {each.subject}: {each.message}" for each in examination.findings]
    counts = (
        f"{examination.orders} orders, {examination.reservations} reservations, "
        f"{examination.products} products and {examination.executions} ended executions"
    )
    result = f"{len(lines)} findings" if lines else "all agree"
    return "\n".join([*lines, f"Looked at {counts}: {result}"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/doctor",
        description=_DESCRIPTION,
        epilog=command_line.EPILOG,
        allow_abbrev=False,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    command_line.add_window(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
