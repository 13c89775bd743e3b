"""The faults of functions: what can happen to an invocation on AWS, and when."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from local.faults.plan import Fault, FaultPlan

AroundCommit = Literal["before", "at_commit", "after_commit"]
"""Before the handler; when its first transaction has written all and commits; right after."""
Seconds = Annotated[float, Field(ge=0)]


class FunctionFault(Fault):
    """`where`: strikes only events that have these top-level members with these values."""

    where: dict[str, Any] | None = None

    def is_meant_for(self, event: object) -> bool:
        """Whether the event has every member that `where` names."""
        if self.where is None:
            return True
        return isinstance(event, dict) and all(
            name in event and event[name] == value for name, value in self.where.items()
        )


class InHandler(FunctionFault):
    """Strikes inside the worker; strikes.py does it."""


class Raise(InHandler):
    """An exception of that class name; "after": the handler's answer is lost."""

    kind: Literal["raise"]
    when: AroundCommit | Literal["after"] = "before"
    error: str = Field(default="RuntimeError", pattern=r"^[A-Za-z_]\w*$")
    message: str = "injected fault"


class Timeout(InHandler):
    """The invocation hangs and is killed `after` seconds (None: the function's own)."""

    kind: Literal["timeout"]
    when: AroundCommit | Literal["after"] = "before"
    after: Annotated[float, Field(gt=0)] | None = None


class Kill(InHandler):
    """The worker ends itself with SIGKILL."""

    kind: Literal["kill"]
    when: AroundCommit | Literal["after"] = "before"


class Drop(InHandler):
    """The connection to PostgreSQL is cut; "after_commit": the COMMIT's answer is lost."""

    kind: Literal["drop"]
    when: AroundCommit = "before"


class Crash(InHandler):
    """PostgreSQL restarts: the worker's backend process there is killed."""

    kind: Literal["crash"]
    when: AroundCommit = "before"


class Refuse(InHandler):
    """The connection is cut and PostgreSQL takes no other for the whole invocation."""

    kind: Literal["refuse"]


class Late(FunctionFault):
    """The caller is told of a timeout `after` seconds; the work is done all the same.

    It begins after a `delay`, so that it can come when the workflow has moved on.
    """

    kind: Literal["late"]
    after: Seconds = 0
    delay: Seconds = 0


class Twice(FunctionFault):
    """The event reaches two workers at once; the answer is that of the last to end."""

    kind: Literal["twice"]


class Hold(FunctionFault):
    """The invocation has its turn but begins only when the plan is cleared or replaced."""

    kind: Literal["hold"]


class Throttle(FunctionFault):
    """The invocation is refused, as when the function's concurrency is spent."""

    kind: Literal["throttle"]


AnyFunctionFault: TypeAlias = (
    Raise | Timeout | Kill | Drop | Crash | Refuse | Late | Twice | Hold | Throttle
)
FunctionFaultPlan: TypeAlias = FaultPlan[AnyFunctionFault]
FAULTS: TypeAdapter[list[AnyFunctionFault]] = TypeAdapter(
    list[Annotated[AnyFunctionFault, Field(discriminator="kind")]]
)
