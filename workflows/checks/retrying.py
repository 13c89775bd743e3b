"""Retry and Catch as ASL defines them, with stricter rules than the linters have.

Where ASL has no bounds, these are our own: more attempts or longer waits would be a typo.
"""

from collections import Counter
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_pascal
from pydantic_core import PydanticCustomError

from orders.documents.fields import must_be

ALL = "States.ALL"
MAX_ATTEMPTS = 100
MAX_SECONDS = 3600
REFERENCE = r"^\$(\.[A-Za-z_]\w*)+$"

Seconds = Annotated[
    int, Field(strict=True, ge=1, le=MAX_SECONDS), must_be(f"1 to {MAX_SECONDS} whole seconds")
]
ErrorNames = Annotated[tuple[str, ...], Field(min_length=1), must_be("a list of error names")]


class Part(BaseModel):
    """A part of a machine: closed, so that a misspelt field is a finding."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_pascal)

    @model_validator(mode="before")  # type: ignore[pydantic-alias]  # about alias_generator: a Part is only parsed
    @classmethod
    def _refuse_null(cls, part: object) -> object:
        known = {field.alias for field in cls.model_fields.values()} - {"ResultPath"}
        for field, value in part.items() if isinstance(part, dict) else ():
            if value is None and field in known:  # ResultPath null drops what a Catch caught
                raise PydanticCustomError(
                    "null", "has null for {field}: set it, or remove it", {"field": field}
                )
        return part


class Retrier(Part):
    """One entry of a Retry; it counts its own attempts. Delays in seconds.

    Every field is required, because ASL's defaults have no maximum delay and no jitter.
    """

    error_equals: ErrorNames
    interval_seconds: Seconds
    max_attempts: Annotated[
        int,
        Field(strict=True, ge=1, le=MAX_ATTEMPTS),
        must_be(f"1 to {MAX_ATTEMPTS}: 0 would switch the retry off, more keep an order waiting"),
    ]
    backoff_rate: Annotated[
        float,
        Field(strict=True, ge=1, le=10),
        must_be("1 to 10, as 2.0: under 1 it would hurry a service in trouble"),
    ]
    max_delay_seconds: Seconds
    jitter_strategy: Annotated[
        Literal["FULL"], must_be("FULL: otherwise all orders of an outage come back at once")
    ]

    @model_validator(mode="after")
    def _require_longer_max_delay(self) -> "Retrier":
        longest = self.max_delay_seconds
        if longest <= self.interval_seconds:
            raise PydanticCustomError(
                "delay",
                "has a MaxDelaySeconds of {longest} and an IntervalSeconds of {first}: "
                "make the first longer, or the machine cannot be created",
                {"longest": longest, "first": self.interval_seconds},
            )
        return self

    def delays(self) -> list[float]:
        """Seconds before each attempt, at their longest: jitter only makes them shorter."""
        growing = (self.interval_seconds * self.backoff_rate**n for n in range(self.max_attempts))
        return [min(delay, self.max_delay_seconds) for delay in growing]

    def average_wait(self) -> float:
        """Seconds of all delays together, on average: full jitter halves them."""
        return sum(self.delays()) / 2


class Catcher(Part):
    """One entry of a Catch: where it leads, and where in the payload it puts the failure."""

    error_equals: ErrorNames
    result_path: Annotated[str, Field(pattern=REFERENCE)] | None = "$"
    next: str
    comment: str = ""

    @model_validator(mode="before")
    @classmethod
    def _require_result_path(cls, entry: object) -> object:
        if isinstance(entry, dict) and entry.get("ResultPath", "$") == "$":
            raise PydanticCustomError(
                "result_path",
                "has the ResultPath $ (the default), which replaces the order by the failure, so "
                "nobody knows whose stock to give back: set it to $.failure",
            )
        return entry


Entry = TypeVar("Entry", Retrier, Catcher)


def in_order(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The entries, if their order is as ASL wants it. Raises PydanticCustomError."""
    for place, entry in enumerate(entries, 1):
        if ALL in entry.error_equals and (len(entry.error_equals) > 1 or place < len(entries)):
            raise PydanticCustomError(
                "all", "names States.ALL, which must be alone in the last entry: move it there"
            )
    counted = Counter(name for entry in entries for name in entry.error_equals)
    if twice := sorted(name for name, times in counted.items() if times > 1):
        raise PydanticCustomError(
            "twice",
            "names {twice} twice, and only the first counts: remove the second",
            {"twice": ", ".join(twice)},
        )
    return entries
