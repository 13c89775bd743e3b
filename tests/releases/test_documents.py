"""Whether documents of an older model can be read with a newer one."""

from decimal import Decimal
from enum import StrEnum

import pytest
from pydantic import BaseModel, ConfigDict

from releases.documents import misread, schemas


class Small(StrEnum):
    A = "a"


class Large(StrEnum):
    A = "a"
    B = "b"


class Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str


class PricedLine(Line):
    price: Decimal


class Old(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Small
    lines: tuple[PricedLine, ...] = ()
    note: str | None = None


class WithDefault(Old):
    more: int = 1


class Required(Old):
    more: int


class Open(BaseModel):
    name: str


class OtherType(Old):
    name: int  # type: ignore[assignment]


class NoLongerNone(Old):
    note: str = ""


class MoreKinds(Old):
    kind: Large  # type: ignore[assignment]


class PoorLines(Old):
    lines: tuple[Line, ...] = ()  # type: ignore[assignment]


@pytest.mark.parametrize("new", [Old, WithDefault, Open, MoreKinds])
def test_older_documents_are_read(new: type[BaseModel]) -> None:
    assert misread(schemas(Old), schemas(new)) == []


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (Old, Required, "more is required, and older documents may lack it"),
        (Required, Old, "more is not known, and older documents have it"),
        (Old, OtherType, "name takes other values than in older documents"),
        (Old, NoLongerNone, "note takes other values than in older documents"),
        (MoreKinds, Old, "kind takes other values than in older documents"),
        (Old, PoorLines, "lines[].price is not known, and older documents have it"),
        (PoorLines, Old, "lines[].price is required, and older documents may lack it"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(
    old: type[BaseModel], new: type[BaseModel], why: str
) -> None:
    assert misread(schemas(old), schemas(new)) == [why]
