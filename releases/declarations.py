"""breaks.toml: the breaks that are accepted, each with its reason."""

import tomllib
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from releases.record import FOLDER

FILE = FOLDER / "breaks.toml"


class Declaration(BaseModel):
    """An accepted break.

    `name` is the break's, as `statement orders.get_order`. `release` is the version that may break
    it, and `reason` says why nothing of the last release needs it any more.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    release: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    reason: Annotated[str, Field(min_length=20)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    breaks: list[Declaration] = []


def declared() -> list[Declaration]:
    """The declarations; raises pydantic's ValidationError."""
    return _File.model_validate(tomllib.loads(FILE.read_text("utf-8"))).breaks
