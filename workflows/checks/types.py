"""Whether one kind of value may be read as another, by their JSON schemas."""

from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

from pydantic import BaseModel, TypeAdapter

Mode: TypeAlias = Literal["validation", "serialization"]
_NO_RULES = ("type", "items", "properties", "required", "additionalProperties", "$defs")
_WORDS = ("title", "description", "default")


def type_names(kind: object) -> set[str]:
    """JSON's names for what a value is written as: "string", "number", ..."""
    return _types(_schema(kind, "serialization"))


def fits(gives: object, takes: object) -> bool:
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


def told(kind: object, mode: Mode) -> str:
    """The kind in JSON's words, with its rules: `string (pattern ...)`."""
    schema = _schema(kind, mode)
    return " or ".join(map(_branch_told, schema.get("anyOf", [schema])))


def _branch_told(schema: dict[str, Any]) -> str:
    rules = [f"{key} {value}" for key, value in schema.items() if key not in _NO_RULES]
    kind = str(schema.get("type", "anything"))
    return f"{kind} ({', '.join(rules)})" if rules else kind


def _types(schema: dict[str, Any]) -> set[str]:
    branches = schema.get("anyOf", [schema])
    return {branch["type"] for branch in branches if "type" in branch}


def bounds(kind: object) -> dict[str, Any]:
    """How many entries a list has."""
    schema = _schema(kind, "validation")
    return {key: value for key, value in schema.items() if key in {"minItems", "maxItems"}}


def bare(kind: Any) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    """An annotation without its metadata."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def item(kind: object) -> Any:  # noqa: ANN401  # an annotation is whatever the model has
    """What a list is made of."""
    return get_args(bare(kind))[0]


def is_list(kind: object) -> bool:
    """Whether it is written as a JSON list of one kind."""
    return get_origin(bare(kind)) in {tuple, list}


def is_model(kind: object) -> bool:
    """Whether it is an object with fields that we know."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)
