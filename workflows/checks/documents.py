"""What a document is known to hold, and whether a model takes it.

A closed model is a promise as much as a shape: ReservedOrder has PricedOrder's fields, and
says that the stock is held. So it takes its own kind only. An open model (extra="ignore")
takes whatever has its fields.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias, get_args, get_origin

from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

Mode: TypeAlias = Literal["validation", "serialization"]
_NO_RULES = ("type", "items", "properties", "required", "additionalProperties", "$defs")
_WORDS = ("title", "description", "default")


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


def breaks_promise(document: Document, model: type[BaseModel]) -> bool:
    """Whether a closed model is handed another one's document."""
    if model.model_config.get("extra") != "forbid" or document.model is None:
        return False
    return not issubclass(document.model, model)


def type_names(kind: object) -> set[str]:
    """JSON's names for what a value is written as: "string", "number", ..."""
    return _types(_schema(kind, "serialization"))


def _kind(field: FieldInfo) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _inside(value: Value, name: str) -> Value | None:
    model = _bare(value.kind)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return None
    return made_by(model, certain=value.certain).fields.get(name)


def _unlike(given: Value, takes: object, name: str) -> Iterator[str]:
    gives = given.kind
    if _is_model(_bare(gives)) and _is_model(_bare(takes)):
        yield from misfits(made_by(_bare(gives), certain=given.certain), _bare(takes), f"{name}.")
    elif _is_list(gives) and _is_list(takes) and _bounds(takes).items() <= _bounds(gives).items():
        yield from _unlike(given._replace(kind=_item(gives)), _item(takes), f"{name}[]")
    elif not _fits(gives, takes):
        yield f"{name} as {_told(gives, 'serialization')} for {_told(takes, 'validation')}"


def _fits(gives: object, takes: object) -> bool:
    """The same type reads back what it wrote; another must allow all that is written."""
    reads = _schema(takes, "validation")
    return _schema(gives, "validation") == reads or _within(_schema(gives, "serialization"), reads)


def _within(gives: dict[str, Any], takes: dict[str, Any]) -> bool:
    if branches := gives.get("anyOf"):
        return all(_within(branch, takes) for branch in branches)
    if branches := takes.get("anyOf"):
        return any(_within(gives, branch) for branch in branches)
    return takes.items() <= gives.items()


def _schema(kind: Any, mode: Mode) -> dict[str, Any]:  # noqa: ANN401  # an annotation
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    schema = adapter.json_schema(mode=mode)
    return {key: value for key, value in schema.items() if key not in _WORDS}


def _told(kind: object, mode: Mode) -> str:
    schema = _schema(kind, mode)
    return " or ".join(map(_branch_told, schema.get("anyOf", [schema])))


def _branch_told(schema: dict[str, Any]) -> str:
    rules = [f"{key} {value}" for key, value in schema.items() if key not in _NO_RULES]
    kind = str(schema.get("type", "anything"))
    return f"{kind} ({', '.join(rules)})" if rules else kind


def _types(schema: dict[str, Any]) -> set[str]:
    branches = schema.get("anyOf", [schema])
    return {branch["type"] for branch in branches if "type" in branch}


def _bounds(kind: object) -> dict[str, Any]:
    schema = _schema(kind, "validation")
    return {key: value for key, value in schema.items() if key in {"minItems", "maxItems"}}


def _bare(kind: Any) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _item(kind: object) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    return get_args(_bare(kind))[0]


def _is_list(kind: object) -> bool:
    return get_origin(_bare(kind)) in {tuple, list}


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
