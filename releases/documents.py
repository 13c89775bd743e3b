"""The schemas of the workflow's documents, and whether one can be read as another."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from pydantic import BaseModel

Schema: TypeAlias = Mapping[str, Any]
_PROSE = {"title", "description", "default"}


def schemas(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema of what the model reads, with its parts in `$defs`."""
    return model.model_json_schema()


def misread(old: Schema, new: Schema) -> list[str]:
    """Why documents of the old schema cannot be read with the new one: a sentence for each field.

    Each schema has its parts in `$defs`.
    """
    return list(_Reading(old.get("$defs", {}), new.get("$defs", {})).object(old, new, ""))


@dataclass(frozen=True)
class _Reading:
    """Compares schemas whose parts are in `old_parts` and `new_parts`."""

    old_parts: Mapping[str, Schema]
    new_parts: Mapping[str, Schema]

    def object(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        """Yield a sentence for each field that is missing, unknown or of another type."""
        fields, known = old.get("properties", {}), new.get("properties", {})
        for name in new.get("required", ()):
            if name not in old.get("required", ()):
                yield f"{path}{name} is required, and older documents may lack it"
        for name, schema in fields.items():
            if name in known:
                yield from self._value(schema, known[name], f"{path}{name}")
            elif not new.get("additionalProperties", True):
                yield f"{path}{name} is not known, and older documents have it"

    def _value(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old, new = _follow(old, self.old_parts), _follow(new, self.new_parts)
        if "properties" in old and "properties" in new:
            yield from self.object(old, new, f"{path}.")
        elif "items" in old and "items" in new:
            yield from self._value(old["items"], new["items"], f"{path}[]")
        elif not self._takes(old, new):
            yield f"{path} takes other values than in older documents"

    def _takes(self, old: Schema, new: Schema) -> bool:
        if "enum" in old and "enum" in new:
            return set(old["enum"]) <= set(new["enum"])
        options = [_follow(each, self.old_parts) for each in old.get("anyOf", [old])]
        taken = [_constraints(_follow(each, self.new_parts)) for each in new.get("anyOf", [new])]
        return all(_constraints(each) in taken for each in options)


def _follow(schema: Schema, parts: Mapping[str, Schema]) -> Schema:
    """The part that a `$ref` refers to, or the schema itself."""
    return parts[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _constraints(schema: Schema) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name not in _PROSE}
