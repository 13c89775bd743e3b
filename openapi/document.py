"""The whole OpenAPI document."""

import json
import tomllib
from pathlib import Path
from typing import Any

from openapi.operation import Operation, operations
from openapi.paths import paths
from openapi.schemas import Schema, schemas
from openapi.shared import ERRORS, HEADERS, SHARED

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs" / "openapi.json"
DESCRIPTION = """\
Accepts orders and runs a workflow for each, which prices the order, reserves its stock, stores \
it, backs it up and completes it. `POST /orders` answers at once; `GET /status/{identifier}` \
shows how far the workflow is.

Every request needs `x-api-key`. A path or method that is not listed here is answered with 403 \
`{"message": "Missing Authentication Token"}`. Money is a number with two decimal places. \
Times are UTC, to the second, without offset. Unknown fields of a request are ignored."""
SERVERS = [
    {
        "url": "https://{api}.execute-api.{region}.amazonaws.com/prod",
        "description": "Deployed from template.yaml.",
        "variables": {"api": {"default": "your-api-id"}, "region": {"default": "us-east-1"}},
    },
    {"url": "http://127.0.0.1:8080", "description": "Started by scripts/up."},
]


def rendered() -> str:
    """The text of docs/openapi.json."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """The API in OpenAPI 3.1."""
    routes = operations()
    models = _models(routes)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": SERVERS,
        "security": [{"apiKey": []}],
        "paths": paths(routes, models),
        "components": {
            "schemas": _bodies(routes, models) | ERRORS,
            "responses": SHARED,
            "headers": HEADERS,
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
    }


def _models(routes: list[Operation]) -> dict[str, Schema]:
    requests = (model for route in routes for model in route.parts.values())
    return schemas(requests, (route.response for route in routes))


def _bodies(routes: list[Operation], models: dict[str, Schema]) -> dict[str, Schema]:
    """The schemas of bodies; the other parts of a request are listed field by field instead."""
    others = {m.__name__ for route in routes for part, m in route.parts.items() if part != "body"}
    return {name: schema for name, schema in models.items() if name not in others}


def _info() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "title": "Order Management API",
        "version": project["version"],
        "summary": project["description"] + ".",
        "description": DESCRIPTION,
        "license": {"name": project["license"], "identifier": project["license"]},
    }
