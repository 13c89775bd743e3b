"""What Step Functions charges for an order: state transitions of a Standard workflow.

AWS counts a transition "each time a step of your workflow is executed", retries included
(aws.amazon.com/step-functions/pricing). This page takes that as one for every state entered, the
Fail state included, and one more for every retry. It was not compared with a bill.
"""

from collections.abc import Iterator
from decimal import Decimal

from workflows.checks.asl import Machine
from workflows.checks.budget import budget
from workflows.checks.graph import forward_path, transitions
from workflows.page.markdown import table

USD_PER_1000_TRANSITIONS = Decimal("0.025")
PRICE_REGION = "us-east-1"
PRICE_DATE = "2026-11-22"
MILLION = 1_000_000

HEAD = ("An order that", "State transitions", "USD for a million orders")


def cost_table(machine: Machine) -> str:
    """What typical orders cost, in transitions and USD, and the price that this is based on."""
    rows = ((words, count, f"{usd_per_million(count):,.2f}") for words, count in _orders(machine))
    return (
        f"{table(HEAD, rows)}\n"
        f"The price is {USD_PER_1000_TRANSITIONS} USD for 1,000 state transitions (Standard "
        f"workflows, {PRICE_REGION}, {PRICE_DATE}); the free ones are not subtracted. AWS counts a "
        "transition for each step that is executed, retries included; this table counts one for "
        "every state entered and one more for every retry. Lambda, S3 and the database come on top."
    )


def usd_per_million(transitions_of_one: int) -> Decimal:
    """The price in USD of a million orders, each with this number of transitions."""
    return transitions_of_one * MILLION * USD_PER_1000_TRANSITIONS / 1000


def _orders(machine: Machine) -> Iterator[tuple[str, int]]:
    forward = forward_path(machine)
    yield "succeeds without a retry", len(forward)
    for place in (0, len(forward) - 1):
        entered = place + 1 + _entered_after_failure(machine, forward[place])
        yield f"fails in {forward[place]} without a retry", entered
    slowest = budget(machine)
    attempts = sum(slowest.worst_cases[name].attempts for name in slowest.path)
    yield "uses up every retry of every state", attempts


def _entered_after_failure(machine: Machine, name: str) -> int:
    caught = (each.target for each in transitions(machine.states[name]) if each.catcher)
    return max((_longest(machine, target) for target in caught), default=0)


def _longest(machine: Machine, start: str) -> int:
    """How many states the longest path from here has."""
    after = (_longest(machine, each.target) for each in transitions(machine.states[start]))
    return 1 + max(after, default=0)
