"""What a payload is known to hold, and whether a model accepts it.

A closed model is a guarantee as much as a shape: ReservedOrder has PricedOrder's fields, and
guarantees that the stock is reserved. So it refuses another model's payload, even one with the same
fields. An open model (extra="ignore") accepts every payload that has its fields.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orders.documents.workflow import WorkflowDocument
from workflows.checks.types import (
    bare,
    bounds,
    can_be_read_as,
    describe_type,
    is_list,
    is_model,
    item,
)


class Value(NamedTuple):
    """A field's type; `is_certain` when the field and its own fields are always there."""

    type: Any
    is_certain: bool = True


class Payload(NamedTuple):
    """Fields by name. `model` is set when the payload is exactly the dump of one model."""

    fields: Mapping[str, Value]
    model: type[BaseModel] | None = None

    def plus(self, name: str, value: Value) -> "Payload":
        """The payload after ResultPath `$.name` has put the value in."""
        return Payload({**self.fields, name: value})

    def at(self, path: str) -> Value | None:
        """What is at `$.a.b`; None when it may be missing."""
        first, *rest = path.removeprefix("$.").split(".")
        value = self.fields.get(first)
        for step in rest:
            value = _inside(value, step) if value else None
        return value


def payload_of(model: type[BaseModel], *, is_certain: bool = True) -> Payload:
    """The payload that a dump of the model makes.

    Unless `is_certain`, fields with a default are left out, because they may be missing.
    """
    fields = model.model_fields.items()
    return Payload(
        {
            name: Value(_type(field), is_certain)
            for name, field in fields
            if is_certain or field.is_required()
        },
        model,
    )


def misfits(payload: Payload, model: type[BaseModel], inside: str = "") -> Iterator[str]:
    """The reasons why the model does not accept the payload, in a few words each."""
    for name, field in model.model_fields.items():
        if (value := payload.fields.get(name)) is None:
            if field.is_required():
                yield f"no {inside}{name}"
        else:
            yield from _differences(value, _type(field), f"{inside}{name}")
    if is_closed(model):
        for name in sorted(payload.fields.keys() - model.model_fields.keys()):
            yield f"an unknown {inside}{name}"


def skips_required_state(payload: Payload, model: type[BaseModel]) -> bool:
    """Whether the payload is another model's, and so lacks the guarantee of this closed model."""
    if not is_closed(model) or payload.model is None:
        return False
    return not issubclass(payload.model, model)


def label_of(model: type[BaseModel]) -> str:
    """What is true of the order once the document exists, as its model declares."""
    return model.label if issubclass(model, WorkflowDocument) else model.__name__


def is_closed(model: type[BaseModel]) -> bool:
    """Whether the model refuses unknown fields."""
    return model.model_config.get("extra") == "forbid"


def _type(field: FieldInfo) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _inside(value: Value, name: str) -> Value | None:
    if not is_model(bare(value.type)):
        return None
    return payload_of(bare(value.type), is_certain=value.is_certain).fields.get(name)


def _differences(value: Value, wanted: object, name: str) -> Iterator[str]:
    given = value.type
    if is_model(bare(given)) and is_model(bare(wanted)):
        inner = payload_of(bare(given), is_certain=value.is_certain)
        yield from misfits(inner, bare(wanted), f"{name}.")
    elif is_list(given) and is_list(wanted) and bounds(wanted).items() <= bounds(given).items():
        yield from _differences(value._replace(type=item(given)), item(wanted), f"{name}[]")
    elif not can_be_read_as(given, wanted):
        written, read = describe_type(given, "serialization"), describe_type(wanted, "validation")
        yield f"{name} as {written} for {read}"
