"""The command `scripts/reconcile`: one run of the reconciler, without its limit of 90 s."""

import argparse
import math
import sys
from typing import Any

from pydantic import ValidationError

from operations import command_line
from operations.audit import Window
from operations.reconciler import lost_backups
from operations.reconciler.outcomes import OrderOutcome
from operations.reconciler.run import Reconciliation, reconcile
from orders.errors import OrderError
from orders.logs import of_a_command

_DESCRIPTION = (
    "Repair open orders whose execution timed out, was aborted or is gone. With --backups, write "
    "lost backups again instead. Exit status 1: an order could not be repaired; 2: the run had to "
    "stop."
)


def main() -> int:
    """Print an outcome for each order; returns the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    _refuse_unused(parser, arguments)
    try:
        with of_a_command(parser.prog, sys.stderr):
            outcomes = (_rewrite_backups if arguments.backups else _repair)(arguments)
    except ValidationError as error:
        parser.error(command_line.first_error(error))
    except OrderError as error:
        sys.stderr.write(f"The reconciler cannot go on: {error}\n")
        return 2
    return 1 if any(each.outcome == "left" for each in outcomes) else 0


def _repair(arguments: argparse.Namespace) -> list[OrderOutcome]:
    request = Reconciliation(
        seconds=math.inf, dry_run=arguments.dry_run, **_given(arguments, "older_than", "at_most")
    )
    done = reconcile(request, lambda outcome: _print(outcome, dry_run=arguments.dry_run))
    limit = f"stopped after {request.at_most} orders; more are open: run it again"
    sys.stdout.write(f"{limit if done.more else 'nothing else to repair'}\n")
    return list(done.outcomes)


def _rewrite_backups(arguments: argparse.Namespace) -> list[OrderOutcome]:
    since = Window(**_given(arguments, "hours")).since
    outcomes = []
    for each in lost_backups.rewrite(since, dry_run=arguments.dry_run):
        _print(each, dry_run=arguments.dry_run)
        outcomes.append(each)
    sys.stdout.write("no other backup is missing\n")
    return outcomes


def _refuse_unused(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """End with an error that names an option which would do nothing."""
    unused = ("older_than", "at_most") if arguments.backups else ("hours",)
    for name in _given(arguments, *unused):
        when = "not" if arguments.backups else "only"
        parser.error(f"--{name.replace('_', '-')}: {when} with --backups")


def _given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Those of the options that were given; the others have their models' defaults."""
    return {name: vars(arguments)[name] for name in names if vars(arguments)[name] is not None}


def _print(each: OrderOutcome, *, dry_run: bool) -> None:
    would = "would be " if dry_run else ""
    sys.stdout.write(f"{each.order_id} {would}{each.outcome}: {each.why}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="scripts/reconcile",
        description=_DESCRIPTION,
        epilog=command_line.EPILOG,
        allow_abbrev=False,
    )
    add: Any = parser.add_argument
    add("--dry-run", action="store_true", help="print what would be done, and change nothing")
    add("--at-most", type=int, metavar="N", help="repair at most N orders (1000)")
    add(
        "--backups",
        action="store_true",
        help="write the backups again that the bucket has lost, and do nothing else",
    )
    command_line.add_window(parser)
    parser.set_defaults(older_than=None, hours=None)
    return parser


if __name__ == "__main__":
    sys.exit(main())
