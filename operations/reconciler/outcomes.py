"""What a repair did with one order, for logs and commands. No I/O."""

from typing import Literal

from operations.judgement import BackUp, Compensate, Complete, Repair, Restart
from orders.documents.fields import Document

OutcomeName = Literal["failed", "finished", "started again", "backed up", "left"]
_NAMES: dict[type[Repair], OutcomeName] = {
    Compensate: "failed",
    Complete: "finished",
    Restart: "started again",
    BackUp: "backed up",
}


class OrderOutcome(Document):
    """What the run did with one order, or would have done without `dry_run`.

    `failed`: compensated; `finished`: completed; `started again`: its execution was gone and has
    been started again; `backed up`: its backup was written again; `left`: the repair did not
    succeed, and the next run tries again.
    """

    order_id: str
    outcome: OutcomeName
    why: str


def outcome_of(order_id: str, repair: Repair) -> OrderOutcome:
    """The outcome of a repair that succeeded."""
    return OrderOutcome(order_id=order_id, outcome=_NAMES[type(repair)], why=repair.why)
