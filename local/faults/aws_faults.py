"""The kinds of faults that an operation of S3 or Step Functions can have."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from local.faults.fault_plan import Fault, FaultPlan


class RequestFilter(BaseModel):
    """Requests with this text in their path or body, such as an order's or a customer's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contains: str


class AwsFault(Fault):
    """A fault before the operation is performed, or after it: then only the response changes."""

    when: Literal["before", "after"] = "before"
    where: RequestFilter | None = None

    def matches(self, path: str, body: bytes) -> bool:
        """Whether the request contains the text that `where` asks for."""
        return self.where is None or self.where.contains.encode() in path.encode() + b"\n" + body


class Error(AwsFault):
    """The response is an error; `code` is AWS's name for it (None: an internal error)."""

    kind: Literal["error"]
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: str | None = None


class Slow(AwsFault):
    """The response takes `seconds` longer."""

    kind: Literal["slow"]
    seconds: Annotated[float, Field(gt=0)]


class Cut(AwsFault):
    """The connection is closed without a response."""

    kind: Literal["cut"]


class Kill(AwsFault):
    """moto's process is killed, and forgets every execution and object."""

    kind: Literal["kill"]


AnyAwsFault: TypeAlias = Error | Slow | Cut | Kill
AwsFaultPlan: TypeAlias = FaultPlan[AnyAwsFault]
FAULTS: TypeAdapter[list[AnyAwsFault]] = TypeAdapter(
    list[Annotated[AnyAwsFault, Field(discriminator="kind")]]
)
