"""JSON Schemas of request and response bodies, from the models that read and write them."""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema
from pydantic_core import core_schema

Schema = dict[str, Any]
REFERENCE = "#/components/schemas/{model}"


class ApiSchema(GenerateJsonSchema):
    """pydantic's schemas, changed where as_json or a proxy event differs from pydantic's JSON."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002  # pydantic's
        """No: pydantic's titles only repeat the names."""
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> Schema:
        """as_json writes money as a number."""
        places = schema["decimal_places"]
        digits = "9" * (schema["max_digits"] - places)
        highest = float(f"{digits}.{'9' * places}")
        text = f"Written with {places} decimal places."
        return {"type": "number", "minimum": 0, "maximum": highest, "description": text}

    def function_wrap_schema(self, schema: core_schema.WrapValidatorFunctionSchema) -> Schema:
        """The words of `must_be`, which a 400 quotes, are the description as well."""
        made = super().function_wrap_schema(schema)
        words = getattr(schema["function"]["function"], "words", None)
        return {**made, "description": f"Must be {words}."} if words else made

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, FBT001  # pydantic's
        """A response always has all its fields, except those that are excluded on purpose."""
        if self.mode == "serialization":
            return "serialization_exclude_if" not in field
        return super().field_is_required(field, total)

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> Schema:
        """A default of None means absent, as no parameter and no field of a response is null.

        Any other default of a response's field is constant, as no handler changes it.
        """
        made = super().default_schema(schema)
        if made.get("default", ...) is None:
            return _without_null(made)
        if self.mode == "serialization":
            made["const"] = made.pop("default")
        return made


def _without_null(schema: Schema) -> Schema:
    outer = {key: value for key, value in schema.items() if key not in {"default", "anyOf"}}
    (inner,) = (branch for branch in schema["anyOf"] if branch != {"type": "null"})
    return {**outer, **inner}


def schemas(
    requests: Iterable[type[BaseModel]], responses: Iterable[type[BaseModel]]
) -> dict[str, Schema]:
    """The schemas of these models and of the models in them, by name."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in requests),
        *((model, "serialization") for model in responses),
    ]
    _, made = models_json_schema(modes, ref_template=REFERENCE, schema_generator=ApiSchema)
    return {name: _untitled(schema) for name, schema in made["$defs"].items()}


def reference(model: type[BaseModel]) -> Schema:
    """A reference to the model's schema."""
    return {"$ref": REFERENCE.format(model=model.__name__)}


def _untitled(schema: Schema) -> Schema:
    return {key: value for key, value in schema.items() if key != "title"}
