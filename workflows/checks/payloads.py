"""What a document is known to hold, and whether a model takes it.

A closed model is a promise as much as a shape: ReservedOrder has PricedOrder's fields, and
says that the stock is held. So it takes its own kind only. An open model (extra="ignore")
takes whatever has its fields.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from workflows.checks.types import bare, bounds, fits, is_list, is_model, item, told


class Value(NamedTuple):
    """A field's type; `certain` when it is always there, down to its own fields' defaults."""

    kind: Any
    certain: bool = True


class Document(NamedTuple):
    """Fields by name; `model` when one model alone made it."""

    fields: Mapping[str, Value]
    model: type[BaseModel] | None = None

    def plus(self, name: str, value: Value) -> "Document":
        """The document as ResultPath `$.name` leaves it."""
        return Document({**self.fields, name: value})

    def at(self, path: str) -> Value | None:
        """What is at `$.a.b`; None when it may not be there."""
        first, *rest = path.removeprefix("$.").split(".")
        value = self.fields.get(first)
        for step in rest:
            value = _inside(value, step) if value else None
        return value


def made_by(model: type[BaseModel], *, certain: bool = True) -> Document:
    """What a task gives: a dump, so defaults are filled in. `certain=False`: they may be out."""
    fields = model.model_fields.items()
    return Document(
        {name: Value(_kind(f), certain) for name, f in fields if certain or f.is_required()}, model
    )


def misfits(document: Document, model: type[BaseModel], inside: str = "") -> Iterator[str]:
    """In a few words each, why the model does not take the document."""
    closed = model.model_config.get("extra") == "forbid"
    for name, field in model.model_fields.items():
        if (value := document.fields.get(name)) is None:
            if field.is_required():
                yield f"no {inside}{name}"
        else:
            yield from _unlike(value, _kind(field), f"{inside}{name}")
    if closed:
        for name in sorted(document.fields.keys() - model.model_fields.keys()):
            yield f"an unknown {inside}{name}"


def skips_required_state(document: Document, model: type[BaseModel]) -> bool:
    """Whether a closed model is handed another one's document."""
    if model.model_config.get("extra") != "forbid" or document.model is None:
        return False
    return not issubclass(document.model, model)


def _kind(field: FieldInfo) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _inside(value: Value, name: str) -> Value | None:
    model = bare(value.kind)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    return made_by(model, certain=value.certain).fields.get(name)


def _unlike(given: Value, takes: object, name: str) -> Iterator[str]:
    gives = given.kind
    if is_model(bare(gives)) and is_model(bare(takes)):
        yield from misfits(made_by(bare(gives), certain=given.certain), bare(takes), f"{name}.")
    elif is_list(gives) and is_list(takes) and bounds(takes).items() <= bounds(gives).items():
        yield from _unlike(given._replace(kind=item(gives)), item(takes), f"{name}[]")
    elif not fits(gives, takes):
        yield f"{name} as {told(gives, 'serialization')} for {told(takes, 'validation')}"
