"""JSON Schema of what goes over the wire, from the models that check and write it."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"


class ApiSchema(GenerateJsonSchema):
    """pydantic's schemas, as far as orders.documents.as_json and proxy events bend them."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  # pydantic's
        """A title that repeats the name says nothing."""
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        """as_json writes money as a number."""
        places = schema["decimal_places"]
        digits = "9" * (schema["max_digits"] - places)
        highest = float(f"{digits}.{'9' * places}")
        words = f"Written with {places} decimal places."
        return {"type": "number", "minimum": 0, "maximum": highest, "description": words}

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> Schema:
        """A value that is refused is told what it must be; so is the reader."""
        made = super().function_wrap_schema(schema)
        words = getattr(schema["function"]["function"], "words", None)
        return {**made, "description": f"Must be {words}."} if words else made

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, FBT001  # pydantic's
        """An answer has all its fields, less those left out on purpose."""
        if self.mode == "serialization":
            return "serialization_exclude_if" not in field
        return super().field_is_required(field, total)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """None means left out: neither a parameter nor a field of an answer is null.

        No handler changes the words that an answer has by default.
        """
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            return _without_null(made)
        if self.mode == "serialization":
            made["const"] = made.pop("default")
        return made


def _without_null(schema: Schema) -> Schema:
    told = {key: value for key, value in schema.items() if key not in {"default", "anyOf"}}
    (inner,) = (one for one in schema["anyOf"] if one != {"type": "null"})
    return {**told, **inner}


def schemas(
    takes: Iterable[type[BaseModel]], gives: Iterable[type[BaseModel]]
) -> dict[str, Schema]:
    """The models' schemas and those they refer to, by name."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in takes),
        *((model, "serialization") for model in gives),
    ]
    _, made = models_json_schema(modes, ref_template=REFERENCE, schema_generator=ApiSchema)
    return {name: _untitled(schema) for name, schema in made["$defs"].items()}


def reference(model: type[BaseModel]) -> Schema:
    """A reference to the model's schema."""
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _untitled(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}
