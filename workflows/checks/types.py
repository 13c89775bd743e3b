"""Whether a value of one type can be read as another, by their JSON schemas."""

from functools import cache
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

Mode: TypeAlias = Literal["validation", "serialization"]
_SHAPE = ("type", "items", "properties", "required", "additionalProperties", "$defs")
_TEXTS = ("title", "description", "default")


def type_names(annotation: object) -> set[str]:
    """JSON's names for what a value of this type is written as: "string", "number", ..."""
    schema = _schema(annotation, "serialization")
    return {branch["type"] for branch in _branches(schema) if "type" in branch}


def can_be_read_as(written: object, read: object) -> bool:
    """Whether `read` accepts everything that `written` writes; the same type always does."""
    reads = _schema(read, "validation")
    return _schema(written, "validation") == reads or _accepts(
        reads, _schema(written, "serialization")
    )


def _accepts(reads: dict[str, Any], written: dict[str, Any]) -> bool:
    return all(
        any(read.items() <= branch.items() for read in _branches(reads))
        for branch in _branches(written)
    )


def _branches(schema: dict[str, Any]) -> list[dict[str, Any]]:
    return list(schema.get("anyOf", [schema]))


@cache
def _schema(annotation: Any, mode: Mode) -> dict[str, Any]:  # noqa: ANN401  # an annotation
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    schema = adapter.json_schema(mode=mode)
    return {key: value for key, value in schema.items() if key not in _TEXTS}


def describe_type(annotation: object, mode: Mode) -> str:
    """The type in JSON's words, with its limits: `string (pattern ...)`."""
    return " or ".join(map(_describe_branch, _branches(_schema(annotation, mode))))


def _describe_branch(schema: dict[str, Any]) -> str:
    limits = [f"{key} {value}" for key, value in schema.items() if key not in _SHAPE]
    name = str(schema.get("type", "anything"))
    return f"{name} ({', '.join(limits)})" if limits else name


def bounds(annotation: object) -> dict[str, Any]:
    """The least and most entries of a list."""
    schema = _schema(annotation, "validation")
    return {key: value for key, value in schema.items() if key in {"minItems", "maxItems"}}


def bare(annotation: Any) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    """An annotation without its metadata."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def item(annotation: object) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    """The type of a list's entries."""
    return get_args(bare(annotation))[0]


def is_list(annotation: object) -> bool:
    """Whether it is written as a JSON list with entries of one type."""
    return get_origin(bare(annotation)) in {tuple, list}


def is_model(annotation: object) -> bool:
    """Whether it is an object whose fields are known."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
