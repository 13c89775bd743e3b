"""The faults of AWS services: an operation fails or takes its time."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from local.faults.plan import Fault, FaultPlan


class Aim(BaseModel):
    """Requests with this text in their path or body: an order's or a customer's id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    contains: str


class ServiceFault(Fault):
    """Strikes before the operation is done or after it, when only the answer is touched."""

    when: Literal["before", "after"] = "before"
    where: Aim | None = None

    def is_meant_for(self, path: str, body: bytes) -> bool:
        """Whether the request has the text that `where` asks for."""
        return self.where is None or self.where.contains.encode() in path.encode() + b"\n" + body


class Error(ServiceFault):
    """The answer is an error; `code` is AWS's name for it (None: that of a server's fault)."""

    kind: Literal["error"]
    status: Annotated[int, Field(ge=400, le=599)] = 500
    code: str | None = None


class Slow(ServiceFault):
    """The answer takes so much longer."""

    kind: Literal["slow"]
    seconds: Annotated[float, Field(gt=0)]


AnyServiceFault: TypeAlias = Error | Slow
ServiceFaultPlan: TypeAlias = FaultPlan[AnyServiceFault]
FAULTS: TypeAdapter[list[AnyServiceFault]] = TypeAdapter(
    list[Annotated[AnyServiceFault, Field(discriminator="kind")]]
)
