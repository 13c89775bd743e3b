"""The faults that Hypothesis plans for an order."""

from typing import TypeAlias

from hypothesis import strategies as st

from tests.running.builders import Document
from tests.running.definition import FORWARD, TASKS

PlannedFault: TypeAlias = tuple[str, Document]
"""The state or the AWS operation, and its fault."""

_POINTS = ("before", "at_commit", "after_commit", "after")
_in_the_handler = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["kill", "raise"]), "when": st.sampled_from(_POINTS)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("timeout"), "after": st.just(0.2), "when": st.sampled_from(_POINTS)}
    ),
    st.fixed_dictionaries({"kind": st.just("drop"), "when": st.sampled_from(_POINTS[:3])}),
)
_around_the_handler = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["twice", "throttle", "refuse", "full", "rotate"])}
    ),
    st.fixed_dictionaries({"kind": st.just("late"), "delay": st.sampled_from([0, 0.3, 1.5])}),
)
_fault = st.one_of(_in_the_handler, _around_the_handler)


def _times(fault: Document, times: int) -> Document:
    return fault if times == 1 else fault | {"times": times}


_in_a_task = st.tuples(
    st.sampled_from(TASKS), st.builds(_times, _fault, st.sampled_from([1, 1, 1, 2]))
)
_for_ever = st.tuples(st.sampled_from(FORWARD), _fault.map(lambda fault: fault | {"times": None}))
_at_the_bucket = st.tuples(
    st.just("PutObject"),
    st.fixed_dictionaries(
        {
            "kind": st.just("error"),
            "when": st.sampled_from(["before", "after"]),
            "times": st.sampled_from([1, 2, None]),
        }
    ),
)
# A fault that lasts for ever uses up all retries, so it is rare.
_planned_fault = st.integers(0, 9).flatmap(
    lambda number: _for_ever if number == 9 else _at_the_bucket if number == 8 else _in_a_task
)

planned_faults: st.SearchStrategy[list[PlannedFault]] = st.one_of(
    st.just([]), st.lists(_planned_fault, min_size=1, max_size=3)
)
