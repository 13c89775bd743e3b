"""OpenAPI's paths: the parameters, body, responses and links of each route."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from openapi import examples
from openapi.operation import Operation
from openapi.responses import errors, success
from openapi.schemas import Schema, reference
from openapi.shared import shared

PLACES = {"path": "path", "query": "query", "headers": "header"}
"""The parts of a request that hold parameters, each with OpenAPI's `in` for them."""


def paths(operations: list[Operation], models: dict[str, Schema]) -> dict[str, dict[str, Any]]:
    """The paths, in the template's order."""
    made: dict[str, dict[str, Any]] = {}
    for each in operations:
        made.setdefault(each.path, {})[each.method] = _operation(each, operations, models)
    return made


def _operation(
    operation: Operation, operations: list[Operation], models: dict[str, Schema]
) -> dict[str, Any]:
    made = {
        "operationId": operation.name,
        "summary": operation.summary,
        "description": operation.description,
        "parameters": list(_parameters(operation, models)),
        "requestBody": _body(operation),
        "responses": _responses(operation, operations),
    }
    return {key: value for key, value in made.items() if value}


def _parameters(operation: Operation, models: dict[str, Schema]) -> Iterator[dict[str, Any]]:
    for part in filter(PLACES.__contains__, operation.parts):
        model = models[operation.parts[part].__name__]
        for field, schema in model["properties"].items():
            name = field.title() if part == "headers" else field
            yield {
                "name": name,
                "in": PLACES[part],
                "description": schema["description"],
                "required": field in model.get("required", ()),
                "schema": {key: value for key, value in schema.items() if key != "description"},
                "examples": examples.parameter(operation.name, name),
            }


def _body(operation: Operation) -> dict[str, Any]:
    if "body" not in operation.parts:
        return {}
    example = {"request": {"value": examples.request(operation.name)}}
    content = {"schema": reference(operation.parts["body"]), "examples": example}
    return {"required": True, "content": {"application/json": content}}


def _responses(operation: Operation, operations: list[Operation]) -> dict[str, Any]:
    status = str(int(operation.status))
    made = {status: success(operation), **errors(operation), **shared(operation)}
    if operation.status is HTTPStatus.CREATED:
        made[status]["links"] = _links(operations)
    return dict(sorted(made.items()))


def _links(operations: list[Operation]) -> dict[str, Any]:
    """From a new order's id to every operation that has an order id in its path."""
    return {
        each.name: {
            "operationId": each.name,
            "parameters": dict.fromkeys(
                each.parts["path"].model_fields, "$response.body#/order_id"
            ),
        }
        for each in operations
        if "path" in each.parts
    }
