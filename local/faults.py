"""Faults that the runtime injects into invocations, on request and in order."""

from collections import defaultdict
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Fault(BaseModel):
    """Strikes `times` invocations (None: all to come), before or after the handler."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[int, Field(ge=1)] | None = 1
    when: Literal["before", "after"] = "before"


class Raise(_Fault):
    """An exception of that class name; "after": the handler's answer is lost."""

    kind: Literal["raise"]
    error: str = Field(default="RuntimeError", pattern=r"^[A-Za-z_]\w*$")
    message: str = "injected fault"


class Timeout(_Fault):
    """The invocation hangs and is killed `after` seconds (None: the function's own)."""

    kind: Literal["timeout"]
    after: Annotated[float, Field(gt=0)] | None = None


class Kill(_Fault):
    """The worker ends itself with SIGKILL."""

    kind: Literal["kill"]


Fault = Annotated[Raise | Timeout | Kill, Field(discriminator="kind")]
FAULTS: TypeAdapter[list[Raise | Timeout | Kill]] = TypeAdapter(list[Fault])


class FaultPlan:
    """The faults still to come, by function."""

    def __init__(self) -> None:
        self._coming: dict[str, list[Raise | Timeout | Kill]] = defaultdict(list)

    def put(self, function: str, faults: list[Raise | Timeout | Kill]) -> None:
        """Replace what was planned for the function."""
        self._coming[function] = faults

    def clear(self) -> None:
        """Plan nothing any more."""
        self._coming.clear()

    def take(self, function: str) -> Raise | Timeout | Kill | None:
        """The fault for the invocation that starts now, used up by it."""
        coming = self._coming[function]
        if not coming:
            return None
        fault = coming[0]
        if fault.times is not None:
            left = fault.times - 1
            coming[:1] = [fault.model_copy(update={"times": left})] if left else []
        return fault
