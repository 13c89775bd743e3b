"""The routes: what each takes, gives and leads to."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from openapi import examples
from openapi.operation import Operation
from openapi.responses import refusals, success
from openapi.schemas import Schema, reference
from openapi.shared import shared

PLACES = {"path": "path", "query": "query", "headers": "header"}
"""Where the fields of a part are in a request, in OpenAPI's words."""


def paths(listed: list[Operation], models: dict[str, Schema]) -> dict[str, dict[str, Any]]:
    """OpenAPI's paths, in the template's order."""
    made: dict[str, dict[str, Any]] = {}
    for one in listed:
        made.setdefault(one.path, {})[one.method] = _operation(one, listed, models)
    return made


def _operation(
    one: Operation, listed: list[Operation], models: dict[str, Schema]
) -> dict[str, Any]:
    made = {
        "operationId": one.name,
        "summary": one.summary,
        "description": one.description,
        "parameters": list(_parameters(one, models)),
        "requestBody": _body(one),
        "responses": _responses(one, listed),
    }
    return {key: value for key, value in made.items() if value}


def _parameters(one: Operation, models: dict[str, Schema]) -> Iterator[dict[str, Any]]:
    for part in filter(PLACES.__contains__, one.parts):
        model = models[one.parts[part].__name__]
        for field, schema in model["properties"].items():
            name = field.title() if part == "headers" else field
            yield {
                "name": name,
                "in": PLACES[part],
                "description": schema["description"],
                "required": field in model.get("required", ()),
                "schema": {key: value for key, value in schema.items() if key != "description"},
                "examples": examples.parameter(one.name, name),
            }


def _body(one: Operation) -> dict[str, Any]:
    if "body" not in one.parts:
        return {}
    shown = {"request": {"value": examples.request(one.name)}}
    content = {"schema": reference(one.parts["body"]), "examples": shown}
    return {"required": True, "content": {"application/json": content}}


def _responses(one: Operation, listed: list[Operation]) -> dict[str, Any]:
    made = {str(int(one.status)): success(one), **refusals(one), **shared(one)}
    if one.status is HTTPStatus.CREATED:
        made[str(int(one.status))]["links"] = _links(listed)
    return dict(sorted(made.items()))


def _links(listed: list[Operation]) -> dict[str, Any]:
    """Where an order's id leads: to every route that takes one."""
    return {
        one.name: {
            "operationId": one.name,
            "parameters": dict.fromkeys(one.parts["path"].model_fields, "$response.body#/order_id"),
        }
        for one in listed
        if "path" in one.parts
    }
