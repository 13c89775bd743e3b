"""Paths into the document (`$.`) and into the context object (`$$.`) that lead to something."""

from collections.abc import Iterator

from workflows.checks.asl import Choice, Fail, Rule
from workflows.checks.payloads import Document
from workflows.checks.types import type_names

CONTEXT = {
    "$$.Execution.Id",
    "$$.Execution.Name",
    "$$.Execution.RoleArn",
    "$$.Execution.StartTime",
    "$$.State.EnteredTime",
    "$$.State.Name",
    "$$.StateMachine.Id",
    "$$.StateMachine.Name",
}
"""What is always in it, as text. docs.aws.amazon.com/step-functions, "Context object"."""

_ORDERED = ("Equals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
COMPARATORS = {
    **{f"String{how}": {"string"} for how in (*_ORDERED, "Matches")},
    **{f"Timestamp{how}": {"string"} for how in _ORDERED},
    **{f"Numeric{how}": {"number", "integer"} for how in _ORDERED},
    "BooleanEquals": {"boolean"},
}
"""Comparators of a Choice that the checks know, and what they compare."""


def check_told(name: str, state: Fail, document: Document, origin: str) -> Iterator[str]:
    """What a Fail state passes on is there, whichever way it is reached, and is text."""
    for field, path in (("ErrorPath", state.error_path), ("CausePath", state.cause_path)):
        if path is not None:
            yield from _check_path(f"{name}: {field}", path, document, origin, {"string"})


def check_choice(name: str, state: Choice, document: Document, origin: str) -> Iterator[str]:
    """What a Choice looks at is there, and is of the kind that it is compared as."""
    for place, rule in enumerate(state.choices):
        where = f"{name}: Choices[{place}]"
        if len(rule.comparisons) != 1 or not rule.comparisons.keys() <= COMPARATORS.keys():
            told = ", ".join(rule.comparisons) or "nothing"
            yield f"{where} compares with {told}: use one of {', '.join(COMPARATORS)}."
        else:
            yield from _check_path(where, rule.variable, document, origin, _compared(rule))


def _compared(rule: Rule) -> set[str]:
    (comparator,) = rule.comparisons
    return COMPARATORS[comparator]


def _check_path(
    where: str, path: str, document: Document, origin: str, kinds: set[str]
) -> Iterator[str]:
    if path in CONTEXT:
        return
    if path.startswith("$$."):
        yield f"{where} reads {path}, which the context object lacks: use {_listed(CONTEXT)}."
    elif (value := document.at(path)) is None:
        yield (
            f"{where} reads {path}, which is not sure to be in what {origin} brings: "
            "give it there, or read another path."
        )
    elif not (found := type_names(value.kind)) <= kinds:
        yield (
            f"{where} reads {path} as {_listed(kinds)}, and {origin} brings {_listed(found)}: "
            "read it as what it is."
        )


def _listed(names: set[str]) -> str:
    return " or ".join(sorted(names)) or "an object"
