"""What Step Functions charges for an order: state transitions of a Standard workflow.

AWS counts one "each time a step of your workflow is executed", retries included
(aws.amazon.com/step-functions/pricing). Taken here as: every state entered is one, the Fail
state too, and every retry one more. No bill was looked at.
"""

from collections.abc import Iterator
from decimal import Decimal

from workflows.checks.asl import Machine
from workflows.checks.budget import budget
from workflows.checks.graph import edges
from workflows.page.markdown import table

USD_PER_1000_TRANSITIONS = Decimal("0.025")
PRICE_REGION = "us-east-1"
PRICE_DATE = "2026-11-22"
MILLION = 1_000_000

HEAD = ("An order that", "State transitions", "USD for a million orders")


def cost_table(machine: Machine) -> str:
    """In transitions and dollars, with the price it is worked out from."""
    rows = ((words, count, f"{usd_per_million(count):,.2f}") for words, count in _ways(machine))
    return (
        f"{table(HEAD, rows)}\n"
        f"At {USD_PER_1000_TRANSITIONS} USD for 1,000 state transitions (Standard workflows, "
        f"{PRICE_REGION}, {PRICE_DATE}), less the free ones. AWS counts a transition for each "
        "step that is executed, retries included; taken here as one for every state entered and "
        "one more for every retry. Lambda, S3 and the database come on top."
    )


def usd_per_million(transitions: int) -> Decimal:
    """For a million orders of so many transitions each."""
    return transitions * MILLION * USD_PER_1000_TRANSITIONS / 1000


def _ways(machine: Machine) -> Iterator[tuple[str, int]]:
    forward = _longest(machine, machine.start_at, failing=False)
    yield "goes all the way, without a retry", len(forward)
    for place in (0, len(forward) - 1):
        name = forward[place]
        caught = [edge.target for edge in edges(machine.states[name]) if edge.catcher]
        after = max((len(_longest(machine, target, failing=True)) for target in caught), default=0)
        yield f"fails in {name}, without a retry", place + 1 + after
    slowest = budget(machine)
    yield "uses up every retry of every state", sum(slowest.worst[n].attempts for n in slowest.path)


def _longest(machine: Machine, start: str, *, failing: bool) -> list[str]:
    """The way with the most states; along no Catch, unless it is a failing one's."""
    ways = [
        _longest(machine, edge.target, failing=failing)
        for edge in edges(machine.states[start])
        if failing or edge.catcher is None
    ]
    return [start, *max(ways, key=len, default=[])]
