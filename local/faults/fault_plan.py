"""The faults that are still to be triggered, by the name of a function or an AWS operation."""

import math
import time
from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Fault(BaseModel):
    """A planned fault. The next `times` events that match trigger it (None: every one).

    With `for_seconds`, it ends that long after it was planned, and `times` is None unless given.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Field(ge=1)] | None = 1
    for_seconds: Annotated[float, Field(gt=0)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_often_as_the_seconds_allow(cls, document: Any) -> Any:  # noqa: ANN401  # unchecked
        if isinstance(document, dict) and document.get("for_seconds") is not None:
            return {"times": None} | document
        return document


AnyFault = TypeVar("AnyFault", bound=Fault)


class _Planned(NamedTuple, Generic[AnyFault]):
    fault: AnyFault
    until: float

    def used(self) -> "list[_Planned[AnyFault]]":
        """What remains after the fault was triggered once."""
        times = self.fault.times
        if times == 1:
            return []
        left = {"times": None if times is None else times - 1}
        return [self._replace(fault=self.fault.model_copy(update=left))]


class FaultPlan(Generic[AnyFault]):
    """Planned faults, in order, by name; `clock` is in seconds. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._planned: dict[str, list[_Planned[AnyFault]]] = defaultdict(list)
        self._clock = clock
        self._lock = Lock()

    def replace(self, name: str, faults: list[AnyFault]) -> None:
        """Replace the faults of this name."""
        with self._lock:
            self._planned[name] = self._from_now(faults)

    def add(self, name: str, faults: list[AnyFault]) -> None:
        """Add faults after those that are planned for this name already."""
        with self._lock:
            self._planned[name] += self._from_now(faults)

    def clear(self) -> None:
        """Remove the faults of all names."""
        with self._lock:
            self._planned.clear()

    def remaining(self) -> dict[str, list[AnyFault]]:
        """The faults that are still to be triggered, by name."""
        with self._lock:
            by_name = {name: self._unexpired(name) for name in list(self._planned)}
            return {name: [each.fault for each in left] for name, left in by_name.items() if left}

    def trigger(self, name: str, matches: Callable[[AnyFault], bool]) -> AnyFault | None:
        """The first fault of this name that matches; it can now be triggered one time less."""
        with self._lock:
            planned = self._unexpired(name)
            for index, each in enumerate(planned):
                if matches(each.fault):
                    planned[index : index + 1] = each.used()
                    return each.fault
            return None

    def _from_now(self, faults: list[AnyFault]) -> list[_Planned[AnyFault]]:
        now = self._clock()
        return [_Planned(fault, now + (fault.for_seconds or math.inf)) for fault in faults]

    def _unexpired(self, name: str) -> list[_Planned[AnyFault]]:
        now = self._clock()
        self._planned[name] = [each for each in self._planned[name] if now < each.until]
        return self._planned[name]


def as_json(plan: FaultPlan[AnyFault]) -> dict[str, Any]:
    """The faults that are still to be triggered, for an HTTP response."""
    remaining = plan.remaining()
    return {name: [each.model_dump() for each in faults] for name, faults in remaining.items()}
