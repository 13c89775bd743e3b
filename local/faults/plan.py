"""Faults that are planned by name and strike one after the other."""

from collections import defaultdict
from collections.abc import Callable
from threading import Lock
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """Strikes the next `times` that it is meant for (None: all to come)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Field(ge=1)] | None = 1


AnyFault = TypeVar("AnyFault", bound=Fault)


class FaultPlan(Generic[AnyFault]):
    """The faults still to come, by the name of what they strike. For threads, too."""

    def __init__(self) -> None:
        self._coming: dict[str, list[AnyFault]] = defaultdict(list)
        self._lock = Lock()

    def put(self, name: str, faults: list[AnyFault]) -> None:
        """Replace what was planned for the name."""
        with self._lock:
            self._coming[name] = list(faults)

    def add(self, name: str, faults: list[AnyFault]) -> None:
        """Plan more, after what is planned already."""
        with self._lock:
            self._coming[name] += faults

    def clear(self) -> None:
        """Plan nothing any more."""
        with self._lock:
            self._coming.clear()

    def planned(self) -> dict[str, list[AnyFault]]:
        """What is still to come."""
        with self._lock:
            return {name: list(faults) for name, faults in self._coming.items() if faults}

    def take(self, name: str, is_meant: Callable[[AnyFault], bool]) -> AnyFault | None:
        """The first fault that is meant for what happens now, used up by it once."""
        with self._lock:
            coming = self._coming[name]
            found = next((i for i, fault in enumerate(coming) if is_meant(fault)), None)
            return None if found is None else _use(coming, found)


def dumped(plan: FaultPlan[AnyFault]) -> dict[str, Any]:
    """What is still to come, as JSON."""
    return {name: [each.model_dump() for each in faults] for name, faults in plan.planned().items()}


def _use(coming: list[AnyFault], index: int) -> AnyFault:
    fault = coming[index]
    if fault.times == 1:
        del coming[index]
    elif fault.times is not None:
        coming[index] = fault.model_copy(update={"times": fault.times - 1})
    return fault
