"""The command `scripts/reconcile`: one run of the reconciler, without its limit of 90 s."""

import argparse
import math
import sys
from typing import Any

from pydantic import ValidationError

from operations import command_line
from operations.reconciler.run import Reconciliation, run
from orders.errors import OrderError
from orders.handlers import logger

_DESCRIPTION = (
    "Repair orders whose execution timed out, was aborted or is gone, and write lost backups "
    "again. Exit status 1: an order could not be repaired; 2: the run had to stop."
)


def main() -> int:
    """Print an outcome for each order; returns the exit status."""
    parser = _parser()
    arguments = vars(parser.parse_args())
    logger.setLevel("CRITICAL")  # what is printed says the same
    try:
        all_repaired = _run(Reconciliation.model_validate(arguments | {"seconds": math.inf}))
    except ValidationError as error:
        parser.error(command_line.first_error(error))
    except OrderError as error:
        sys.stderr.write(f"The reconciler cannot go on: {error}\n")
        return 2
    return 0 if all_repaired else 1


def _run(request: Reconciliation) -> bool:
    would = "would be " if request.dry_run else ""
    all_repaired = True
    for each in run(request):
        sys.stdout.write(f"{each.order_id} {would}{each.outcome}: {each.why}\n")
        all_repaired = all_repaired and each.outcome != "left"
    sys.stdout.write("nothing else to repair\n")
    return all_repaired


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/reconcile", description=_DESCRIPTION, epilog=command_line.EPILOG
    )
    add: Any = parser.add_argument
    add("--dry-run", action="store_true", help="print what would be done, and change nothing")
    add("--at-most", type=int, default=100, metavar="N", help="repair at most N orders (100)")
    command_line.add_window(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
