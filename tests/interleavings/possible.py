"""Where an order may be, as far as its callers' answers tell: the contract as a small model.

A state is one of the six statuses, UNSEEN (accepted, and no row yet) or DELETED. Calls are
words: "GET", "LIST", "DELETE", "PUT shipped". Calls that race are explained when there is
one order of events in which each would have been given the answer that it got.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeAlias

UNSEEN, DELETED = "unseen", "deleted"
OPEN = {UNSEEN, "pending"}
STATUSES = ("pending", "processing", "shipped", "delivered", "cancelled", "failed")
CALLS = ("GET", "LIST", "DELETE", *(f"PUT {status}" for status in STATUSES))

_MOVES = {
    "pending": {"processing", "cancelled", "failed"},
    "processing": {"shipped", "cancelled", "failed"},
    "shipped": {"delivered"},
}
_BY_ITSELF = {
    UNSEEN: {UNSEEN, "pending", "processing", "failed"},
    "pending": {"pending", "processing", "failed"},
}
"""What the workflow, its late tasks or the reconciler may make of an order meanwhile."""

Answer: TypeAlias = tuple[int, str]
"""HTTP status, and the order's status or else the message."""
Call: TypeAlias = tuple[str, Answer]

NOT_FOUND: Answer = (404, "Order not found")
STILL_PROCESSING: Answer = (409, "Order is still being processed")


@dataclass(eq=False)
class Order:
    """An accepted order. `troubled`: something was done to its workflow."""

    order_id: str
    customer_id: str
    items: dict[str, int]
    troubled: bool
    held_in: str = "UpdateStatus"
    may_be: set[str] = field(default_factory=lambda: {UNSEEN})
    has_shipped: bool = False
    was_failed: bool = False

    def learn(self, *calls: Call) -> None:
        """Take in what calls were told that were made at once; AssertionError: cannot be."""
        before = sorted(self.may_be)
        self.may_be = _explained(self, [call for call in calls if not self._had_to_wait(call)])
        assert self.may_be, f"an order that was {' or '.join(before)} answered {calls}"
        given = {word for word, (code, _) in calls if code == 200}
        self.has_shipped |= bool(given & {"PUT shipped", "PUT delivered"})
        self.was_failed |= "PUT failed" in given

    def settle(self) -> None:
        """Its workflow is over, and the reconciler has been: it is open no more."""
        self.may_be = _after_async_progress(self, self.may_be) - OPEN

    def _had_to_wait(self, call: Call) -> bool:
        return self.troubled and call[1] == STILL_PROCESSING


def _explained(order: Order, calls: Sequence[Call]) -> set[str]:
    ends = (_one_by_one(order, sequence) for sequence in permutations(calls))
    return set().union(*ends)


def _one_by_one(order: Order, calls: Iterable[Call]) -> set[str]:
    may_be = order.may_be
    for word, answer in calls:
        could_answer = _after_async_progress(order, may_be)
        if word != "LIST" and not order.troubled:
            could_answer -= {UNSEEN}  # the other calls wait for the row
        may_be = {
            left
            for answered, left in (_call(state, word) for state in could_answer)
            if answered == answer
        }
    return may_be


def _after_async_progress(order: Order, may_be: set[str]) -> set[str]:
    moved = set().union(*(_BY_ITSELF.get(state, {state}) for state in may_be))
    undone = order.troubled and "processing" in moved  # UpdateStatus did it, and was not heard
    return moved | {"failed"} if undone else moved


def _call(state: str, word: str) -> tuple[Answer, str]:
    """What the contract answers about an order in that state, and where it is then."""
    method, _, wanted = word.partition(" ")
    stored = state not in (UNSEEN, DELETED)
    if method == "LIST":
        return (200, state if stored else "no order"), state
    if not stored:
        return NOT_FOUND, state
    if method == "GET":
        return (200, state), state
    if method == "DELETE":
        return (200, "Order deleted successfully"), DELETED
    if wanted == state or wanted in _MOVES.get(state, ()):
        return (200, wanted), wanted
    return (409, f"Order cannot go from {state} to {wanted}"), state
