"""The kinds of faults that an invocation of a function can have."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Field, TypeAdapter

from local.faults.fault_plan import Fault, FaultPlan
from local.faults.invoke_errors import known

AtCommit = Literal["before", "at_commit", "after_commit"]
"""Before the handler runs; just before its first transaction is committed; just after that."""
LOGIN_WITHOUT_CONNECTIONS = "order_functions_full"
"""PostgreSQL refuses this login with 53300. local/postgres/logins.py creates it."""
Seconds = Annotated[float, Field(ge=0)]


class FunctionFault(Fault):
    """`where` limits the fault to events that have these top-level fields with these values."""

    where: dict[str, Any] | None = None

    def matches(self, event: object) -> bool:
        """Whether the event has every field that `where` names."""
        if self.where is None:
            return True
        return isinstance(event, dict) and all(
            name in event and event[name] == value for name, value in self.where.items()
        )


class Raise(FunctionFault):
    """The handler raises an exception of this class name. With "after", its result is lost."""

    kind: Literal["raise"]
    when: AtCommit | Literal["after"] = "before"
    error: str = Field(default="RuntimeError", pattern=r"^[A-Za-z_]\w*$")
    message: str = "injected fault"


class Timeout(FunctionFault):
    """The invocation hangs, and is killed after `after` seconds (None: at the timeout)."""

    kind: Literal["timeout"]
    when: AtCommit | Literal["after"] = "before"
    after: Annotated[float, Field(gt=0)] | None = None


class Kill(FunctionFault):
    """The worker process kills itself."""

    kind: Literal["kill"]
    when: AtCommit | Literal["after"] = "before"


class Drop(FunctionFault):
    """The connection to PostgreSQL is cut; "after_commit": the COMMIT's response is lost."""

    kind: Literal["drop"]
    when: AtCommit = "before"


class Crash(FunctionFault):
    """PostgreSQL restarts, because the server process of the worker's connection is killed."""

    kind: Literal["crash"]
    when: AtCommit = "before"


class Refuse(FunctionFault):
    """The connection is cut, and PostgreSQL refuses new ones during the whole invocation."""

    kind: Literal["refuse"]


class Full(FunctionFault):
    """The connection is cut, and PostgreSQL has none left during the whole invocation (53300)."""

    kind: Literal["full"]


class Rotate(FunctionFault):
    """The connection is cut, and the password is no longer accepted during the whole invocation."""

    kind: Literal["rotate"]


class Hang(FunctionFault):
    """PostgreSQL answers neither on the connection, which stays open, nor to a new one.

    This lasts for the whole invocation. Each wait for PostgreSQL ends at the handler's own limit,
    or after `after` seconds if that is earlier (None: never earlier).
    """

    kind: Literal["hang"]
    after: Annotated[float, Field(gt=0)] | None = None


class Late(FunctionFault):
    """The caller gets a timeout after `after` seconds, but the handler still runs: a late task.

    The handler starts after a `delay`, so that it can run when the workflow is in a later state.
    """

    kind: Literal["late"]
    after: Seconds = 0
    delay: Seconds = 0


class Twice(FunctionFault):
    """Two workers run the event at once; the caller gets the result of the last to finish."""

    kind: Literal["twice"]


class Hold(FunctionFault):
    """The invocation has a slot, but starts only when the plan is cleared or replaced."""

    kind: Literal["hold"]


class Throttle(FunctionFault):
    """The invocation is refused, as if the function's concurrency limit were reached."""

    kind: Literal["throttle"]


class InvokeError(FunctionFault):
    """Lambda refuses the invocation with this error of its own, such as ResourceNotReadyException.

    `error` is any that AWS declares for Invoke. The handler does not run.
    """

    kind: Literal["invoke_error"]
    error: Annotated[str, AfterValidator(known)]
    message: str = "injected fault"


NoConnection: TypeAlias = Refuse | Full | Rotate
"""The worker's connection is cut, and it gets no other one."""
HandlerFault: TypeAlias = Raise | Timeout | Kill | Drop | Crash | NoConnection | Hang
"""The kinds that handler_faults.py triggers, inside the worker process."""
AnyFunctionFault: TypeAlias = HandlerFault | Late | Twice | Hold | Throttle | InvokeError
FunctionFaultPlan: TypeAlias = FaultPlan[AnyFunctionFault]
HANDLER_FAULT: TypeAdapter[HandlerFault | None] = TypeAdapter(HandlerFault | None)
FAULTS: TypeAdapter[list[AnyFunctionFault]] = TypeAdapter(
    list[Annotated[AnyFunctionFault, Field(discriminator="kind")]]
)
