"""One path through the workflow, as a JSON file of tests/scenarios describes it.

`failing` plans faults by state, as docs/faults.md has them, for this scenario's order alone.
`expected` is what must become of the order.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from local.faults.function_faults import AnyFunctionFault
from orders.documents.fields import Money, Quantity
from orders.model import OrderStatus
from tests.running.builders import Document
from tests.running.definition import COMPENSATION, FORWARD, STATES, attempts, retrier_for
from tests.running.stacks import ROOT

FOLDER = ROOT / "tests" / "scenarios"


class WrongScenario(Exception):
    """A file is not a scenario; the message names the file and the field."""


def one_of(states: Iterable[str]) -> AfterValidator:
    """Refuse a name that is none of these states."""

    def check(name: str) -> str:
        if name not in states:
            message = f"must be a state: {', '.join(states)}"
            raise PydanticCustomError("state", message)
        return name

    return AfterValidator(check)


State = Annotated[str, one_of(STATES)]
ForwardState = Annotated[str, one_of(FORWARD)]


def spelt_out(failures: Document) -> Document:
    """The errors with `{"every_attempt": error}` as often as the state machine tries the state."""
    return {
        state: (errors["every_attempt"],) * attempts(state, errors["every_attempt"])
        if isinstance(errors, dict) and state in STATES
        else errors
        for state, errors in failures.items()
    }


class Part(BaseModel):
    """A closed model, so that a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(Part):
    """The product as the inventory has it."""

    price: Money
    stock: Annotated[int, Field(ge=0)]


class Row(Part):
    """The order as the orders table has it."""

    status: OrderStatus
    total_amount: Money


class Result(Part):
    """What became of an order. `failures`: the errors of failed attempts, by state."""

    path: tuple[State, ...]
    failures: dict[State, tuple[str, ...]]
    status: Literal["SUCCEEDED", "FAILED"]
    error: str | None = None
    cause: str | None = None
    row: Row | None
    stock: int | None
    backups: int


class Expected(Part):
    """What must become of the order; its path follows from the state that fails.

    `{product}` in the cause stands for the product's id. The true cause need only contain this one.
    In `failures`, `{"every_attempt": error}` stands for that error at every attempt.
    """

    fails_in: ForwardState | None = None
    compensated: bool = True
    failures: Annotated[dict[State, tuple[str, ...]], BeforeValidator(spelt_out)] = {}
    error: str | None = None
    cause: str | None = None
    row: Row | None
    stock: int | None
    backups: int

    @property
    def path(self) -> tuple[State, ...]:
        """The states up to the one that fails, and those of the compensation."""
        if not self.fails_in:
            return FORWARD
        forward = FORWARD[: FORWARD.index(self.fails_in) + 1]
        return (*forward, *(COMPENSATION if self.compensated else COMPENSATION[:1]))

    @property
    def is_patient(self) -> bool:
        """Whether a state waits for minutes, and for hours on an engine without MaxDelaySeconds."""
        return any(
            (retrier := retrier_for(state, errors[0])) and retrier["MaxDelaySeconds"] >= 60
            for state, errors in self.failures.items()
            if len(errors) == attempts(state, errors[0])
        )

    @property
    def result(self) -> Result:
        """The expected Result, with path and status, to compare with what became of the order."""
        given = self.model_dump(exclude={"fails_in", "compensated"})
        return Result(path=self.path, status="FAILED" if self.fails_in else "SUCCEEDED", **given)


class Scenario(Part):
    """An order of one product (null: an unknown one), the faults, and the expected result."""

    description: Annotated[str, Field(min_length=1)]
    product: Product | None
    quantity: Quantity
    failing: dict[State, tuple[Annotated[AnyFunctionFault, Field(discriminator="kind")], ...]] = {}
    expected: Expected

    @property
    def is_slow(self) -> bool:
        """Whether an invocation lasts until a timeout ends it."""
        kinds = {fault.kind for faults in self.failing.values() for fault in faults}
        return not kinds.isdisjoint({"timeout", "hold"})


def read(path: Path) -> Scenario:
    """The scenario in the file. Raises WrongScenario."""
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"])) or "the file"
        raise WrongScenario(f"{path.name}: {field}: {fault['msg']}") from error


def every_scenario(folder: Path = FOLDER) -> dict[str, Scenario]:
    """All scenarios, by the name of their file."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.json"))}
