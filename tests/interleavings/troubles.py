"""What can befall an order on its way: faults for Hypothesis to choose from."""

from typing import TypeAlias

from hypothesis import strategies as st

from tests.running.builders import Document
from tests.running.walking import FORWARD

TASKS = (*FORWARD, "FailOrder")
Trouble: TypeAlias = tuple[str, Document]
"""The state, or the operation of AWS, and its fault."""

_AROUND = ("before", "at_commit", "after_commit", "after")
_inside = st.one_of(
    st.fixed_dictionaries(
        {"kind": st.sampled_from(["kill", "raise"]), "when": st.sampled_from(_AROUND)}
    ),
    st.fixed_dictionaries(
        {"kind": st.just("timeout"), "after": st.just(0.2), "when": st.sampled_from(_AROUND)}
    ),
    st.fixed_dictionaries({"kind": st.just("drop"), "when": st.sampled_from(_AROUND[:3])}),
)
_around = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["twice", "throttle", "refuse"])}),
    st.fixed_dictionaries({"kind": st.just("late"), "delay": st.sampled_from([0, 0.3, 1.5])}),
)
_fault = st.one_of(_inside, _around)


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
# Sampled by weight: what lasts for ever costs up to 7 s of retries.
_trouble = st.integers(0, 9).flatmap(
    lambda lot: _for_ever if lot == 9 else _at_the_bucket if lot == 8 else _in_a_task
)

troubles: st.SearchStrategy[list[Trouble]] = st.one_of(
    st.just([]), st.lists(_trouble, min_size=1, max_size=3)
)
