"""The faults that are still to be triggered, by the name of a function or an AWS operation."""

from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """A planned fault. The next `times` events that match trigger it (None: every one)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Field(ge=1)] | None = 1


AnyFault = TypeVar("AnyFault", bound=Fault)


class FaultPlan(Generic[AnyFault]):
    """Planned faults, in order, by name. Thread-safe."""

    def __init__(self) -> None:
        self._planned: dict[str, list[AnyFault]] = defaultdict(list)
        self._lock = Lock()

    def replace(self, name: str, faults: list[AnyFault]) -> None:
        """Replace the faults of this name."""
        with self._lock:
            self._planned[name] = list(faults)

    def add(self, name: str, faults: list[AnyFault]) -> None:
        """Add faults after those that are planned for this name already."""
        with self._lock:
            self._planned[name] += faults

    def clear(self) -> None:
        """Remove the faults of all names."""
        with self._lock:
            self._planned.clear()

    def remaining(self) -> dict[str, list[AnyFault]]:
        """The faults that are still to be triggered, by name."""
        with self._lock:
            return {name: list(faults) for name, faults in self._planned.items() if faults}

    def trigger(self, name: str, matches: Callable[[AnyFault], bool]) -> AnyFault | None:
        """The first fault of this name that matches. It can be triggered once less from now on."""
        with self._lock:
            planned = self._planned[name]
            index = next((i for i, fault in enumerate(planned) if matches(fault)), None)
            return None if index is None else _use(planned, index)


def as_json(plan: FaultPlan[AnyFault]) -> dict[str, Any]:
    """The faults that are still to be triggered, for an HTTP response."""
    remaining = plan.remaining()
    return {name: [each.model_dump() for each in faults] for name, faults in remaining.items()}


def _use(planned: list[AnyFault], index: int) -> AnyFault:
    fault = planned[index]
    if fault.times == 1:
        del planned[index]
    elif fault.times is not None:
        planned[index] = fault.model_copy(update={"times": fault.times - 1})
    return fault
