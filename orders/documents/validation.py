"""Pydantic's errors about a document, as a path and a message that does not quote the input."""

from typing import NamedTuple

from pydantic import ValidationError


class Invalid(NamedTuple):
    """One error: pydantic's name for its kind, the path of the value, what is wrong with it."""

    kind: str
    path: str
    message: str


def first_error(error: ValidationError) -> Invalid:
    """The first error; its path reads `items[0].quantity`.

    The path is empty when the document as a whole is wrong.
    """
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    return Invalid(first["type"], joined(first["loc"]), first["msg"])


def joined(location: tuple[int | str, ...]) -> str:
    """`("items", 0, "quantity")` as `items[0].quantity`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return "".join(steps).removeprefix(".")
