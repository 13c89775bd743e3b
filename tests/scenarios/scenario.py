"""One path through the workflow, as a file of tests/scenarios says it.

`failing` plans faults by state, as docs/faults.md has them, for this scenario's order alone;
`expected` is what must come of it.
"""

import json
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from local.faults.function_faults import AnyFunctionFault
from orders.documents.fields import Money, Quantity
from orders.model import OrderStatus
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "scenarios"
ASL = ROOT / "asl" / "order_processing.asl.json"
STATES = tuple(json.loads(ASL.read_text("utf-8"))["States"])


class WrongScenario(Exception):
    """A file is not a scenario; the message names the file and the field."""


def a_state(name: str) -> str:
    """The name, if the state machine has it."""
    if name not in STATES:
        message = f"must be a state: {', '.join(STATES)}"
        raise PydanticCustomError("state", message)
    return name


State = Annotated[str, AfterValidator(a_state)]


class Part(BaseModel):
    """Closed, so that a misspelt field is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Product(Part):
    """What the inventory has."""

    price: Money
    stock: Annotated[int, Field(ge=0)]


class Row(Part):
    """What the orders table has."""

    status: OrderStatus
    total_amount: Money


class Outcome(Part):
    """What comes of the order. `failures`: the errors of tries that failed, by state.

    `{product}` in the cause is the product's id; a cause need only be contained in the true one.
    """

    path: tuple[State, ...]
    failures: dict[State, tuple[str, ...]] = {}
    status: Literal["SUCCEEDED", "FAILED"]
    error: str | None = None
    cause: str | None = None
    row: Row | None
    stock: int | None
    backups: int


class Scenario(Part):
    """An order of one product (null: one that is unknown), what strikes it, what comes of it."""

    tells: Annotated[str, Field(min_length=1)]
    product: Product | None
    quantity: Quantity
    failing: dict[State, tuple[Annotated[AnyFunctionFault, Field(discriminator="kind")], ...]] = {}
    expected: Outcome


def read(path: Path) -> Scenario:
    """The scenario in the file. Raises WrongScenario."""
    try:
        return Scenario.model_validate_json(path.read_bytes())
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(map(str, fault["loc"])) or "the file"
        raise WrongScenario(f"{path.name}: {field}: {fault['msg']}") from error


def every_scenario(folder: Path = FOLDER) -> dict[str, Scenario]:
    """All of them, by the name of their file."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.json"))}
