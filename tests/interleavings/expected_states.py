"""The states an order can be in, given the answers to its callers: a model of the contract.

A state is one of the six statuses, UNSEEN (accepted, but not stored yet) or DELETED. Calls are
strings: "GET", "LIST", "DELETE", "PUT shipped". The answers to racing calls are possible when
there is a sequence of the calls in which each gets the answer that it got.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import TypeAlias

UNSEEN, DELETED = "unseen", "deleted"
OPEN = {UNSEEN, "pending"}
STATUSES = ("pending", "processing", "shipped", "delivered", "cancelled", "failed")
CALLS = ("GET", "LIST", "DELETE", *(f"PUT {status}" for status in STATUSES))

_TRANSITIONS = {
    "pending": {"processing", "cancelled", "failed"},
    "processing": {"shipped", "cancelled", "failed"},
    "shipped": {"delivered"},
}
_ASYNC_PROGRESS = {
    UNSEEN: {UNSEEN, "pending", "processing", "failed"},
    "pending": {"pending", "processing", "failed"},
}
"""The states into which the workflow, late tasks or the reconciler may bring an order."""

Answer: TypeAlias = tuple[int, str]
"""The HTTP status, and the order's status or else the message."""
Call: TypeAlias = tuple[str, Answer]

NOT_FOUND: Answer = (404, "Order not found")
NOT_STORED_YET: Answer = (202, "Order is still being processed")
STILL_PROCESSING: Answer = (409, "Order is still being processed")


@dataclass(eq=False)
class Order:
    """An accepted order. `faulted`: a fault or an abort may have disturbed its workflow."""

    order_id: str
    customer_id: str
    items: dict[str, int]
    faulted: bool
    held_in: str = "UpdateStatus"
    possible: set[str] = field(default_factory=lambda: {UNSEEN})
    has_shipped: bool = False
    was_failed: bool = False

    def observe(self, *calls: Call) -> None:
        """Narrow down the states by the answers to concurrent calls; fails if none is possible."""
        before = sorted(self.possible)
        self.possible = _explained(self, [call for call in calls if not self._had_to_wait(call)])
        assert self.possible, f"an order that was {' or '.join(before)} answered {calls}"
        given = {word for word, (code, _) in calls if code == 200}
        self.has_shipped |= bool(given & {"PUT shipped", "PUT delivered"})
        self.was_failed |= "PUT failed" in given

    def settle(self) -> None:
        """The workflow has ended and the reconciler has run, so the order is not open any more."""
        self.possible = _after_async_progress(self, self.possible) - OPEN

    def _had_to_wait(self, call: Call) -> bool:
        return self.faulted and call[1] in (NOT_STORED_YET, STILL_PROCESSING)


def _explained(order: Order, calls: Sequence[Call]) -> set[str]:
    ends = (_one_by_one(order, sequence) for sequence in permutations(calls))
    return set().union(*ends)


def _one_by_one(order: Order, calls: Iterable[Call]) -> set[str]:
    possible = order.possible
    for word, answer in calls:
        could_answer = _after_async_progress(order, possible)
        if word != "LIST" and not order.faulted:
            could_answer -= {UNSEEN}  # the other calls wait until the order is stored
        possible = {
            left
            for answered, left in (_call(state, word) for state in could_answer)
            if answered == answer
        }
    return possible


def _after_async_progress(order: Order, possible: set[str]) -> set[str]:
    moved = set().union(*(_ASYNC_PROGRESS.get(state, {state}) for state in possible))
    undone = order.faulted and "processing" in moved  # UpdateStatus worked, its answer was lost
    return moved | {"failed"} if undone else moved


def _call(state: str, word: str) -> tuple[Answer, str]:
    """The contract's answer about an order in that state, and the order's state afterwards."""
    method, _, wanted = word.partition(" ")
    stored = state not in (UNSEEN, DELETED)
    if method == "LIST":
        return (200, state if stored else "no order"), state
    if not stored:
        return _answer_without_row(state, method), state
    if method == "GET":
        return (200, state), state
    if method == "DELETE":
        return (200, "Order deleted successfully"), DELETED
    if wanted == state or wanted in _TRANSITIONS.get(state, ()):
        return (200, wanted), wanted
    return (409, f"Order cannot go from {state} to {wanted}"), state


def _answer_without_row(state: str, method: str) -> Answer:
    if state == DELETED:
        return NOT_FOUND
    return NOT_STORED_YET if method == "GET" else STILL_PROCESSING
