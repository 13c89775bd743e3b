"""Field types, and the two kinds of model: closed documents and open ones.

Inside the workflow money is a string and time is text; `model_dump(mode="json")` makes
both. `as_json` makes the API's form, in which money is a number.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import simplejson
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from orders.documents.validation import first_error
from orders.model import OrderStatus

MAX_QUANTITY = 10_000
_NO_CONTROLS = r"[^\x00-\x1f\x7f-\x9f\ufffd]*"
_VISIBLE = r"[^\p{Z}\p{C}\p{M}\u115f\u1160\u2800\u3164\uffa0\ufffd]"
IDENTIFIER = f"^{_NO_CONTROLS}{_VISIBLE}{_NO_CONTROLS}$"
"""At least one letter, digit, punctuation mark or symbol; no control characters.

Not enough alone: separators (`Z`), invisible characters (`C`), combining marks (`M`), and five
letters and symbols that Unicode draws as a blank. U+FFFD stands for bytes that were not text: API
Gateway may put it into a query in their place, and what it stood for is lost. The pattern is one of
Rust's, for pydantic, and of ECMA 262 with `u`, for docs/openapi.json.
"""
SECONDS = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$"


def must_be(words: str) -> WrapValidator:
    """Make every error about the value itself read `must be <words>`.

    Errors further inside (in one item of a list) keep their own message and location. The
    words stay on the validator, where openapi/ finds them for the field's description.
    """

    def check(value: object, handler: ValidatorFunctionWrapHandler) -> object:
        try:
            return handler(value)
        except ValidationError as error:
            if first_error(error).path:
                raise
            raise PydanticCustomError("must_be", "must be {words}", {"words": words}) from error

    vars(check)["words"] = words
    return WrapValidator(check)


Money = Annotated[Decimal, Field(ge=0, max_digits=10, decimal_places=2)]
Time = Annotated[
    datetime,
    PlainSerializer(lambda time: time.isoformat(timespec="seconds"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": SECONDS}, mode="serialization"),
]
Identifier = Annotated[
    str,
    Field(min_length=1, max_length=50, pattern=IDENTIFIER),
    must_be("1 to 50 characters, not blank, without control or replacement characters"),
]
OrderId = Annotated[str, Field(min_length=1, max_length=36, pattern="^[A-Za-z0-9-]+$")]
Quantity = Annotated[
    int,
    Field(strict=True, ge=1, le=MAX_QUANTITY),
    must_be(f"a whole number from 1 to {MAX_QUANTITY}"),
]
Status = Annotated[OrderStatus, must_be("one of " + ", ".join(OrderStatus))]


def is_none(value: object) -> bool:
    """Whether the value is None; with `exclude_if=is_none` such a field is left out of the JSON."""
    return value is None


class Document(BaseModel):
    """A closed, frozen model: a field that it does not name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class OpenDocument(BaseModel):
    """An open, frozen model: fields that it does not name are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


def as_json(document: BaseModel) -> str:
    """The document as the API's JSON: money is a number with two places, never a binary float."""
    return str(simplejson.dumps(document.model_dump(), use_decimal=True))
