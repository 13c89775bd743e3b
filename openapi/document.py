"""The OpenAPI document, put together."""

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
Orders, in front of a workflow that prices an order, takes its stock, stores it, backs it up \
and moves it on. `POST /orders` answers at once; `GET /status/{identifier}` tells how the \
workflow does.

Every call needs `x-api-key`. A path or method that is not listed here is answered with 403 \
`{"message": "Missing Authentication Token"}`. Money is a number with two decimal places. \
Times are UTC, to the second, without offset. Unknown fields of a request are ignored."""
SERVERS = [
    {
        "url": "https://{api}.execute-api.{region}.amazonaws.com/prod",
        "description": "Deployed from template.yaml.",
        "variables": {"api": {"default": "your-api-id"}, "region": {"default": "us-east-1"}},
    },
    {"url": "http://127.0.0.1:8080", "description": "scripts/up."},
]


def rendered() -> str:
    """What docs/openapi.json must hold."""
    return json.dumps(document(), indent=2, ensure_ascii=False) + "\n"


def document() -> dict[str, Any]:
    """The API, as OpenAPI 3.1."""
    listed = operations()
    models = _models(listed)
    return {
        "openapi": "3.1.0",
        "info": _info(),
        "servers": SERVERS,
        "security": [{"apiKey": []}],
        "paths": paths(listed, models),
        "components": {
            "schemas": _bodies(listed, models) | ERRORS,
            "responses": SHARED,
            "headers": HEADERS,
            "securitySchemes": {"apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"}},
        },
    }


def _models(listed: list[Operation]) -> dict[str, Schema]:
    takes = (model for one in listed for model in one.parts.values())
    return schemas(takes, (one.response for one in listed))


def _bodies(listed: list[Operation], models: dict[str, Schema]) -> dict[str, Schema]:
    """Less the parts that are told as parameters, one by one."""
    parts = {m.__name__ for one in listed for part, m in one.parts.items() if part != "body"}
    return {name: schema for name, schema in models.items() if name not in parts}


def _info() -> dict[str, Any]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return {
        "title": "Order Management API",
        "version": project["version"],
        "summary": project["description"] + ".",
        "description": DESCRIPTION,
        "license": {"name": project["license"], "identifier": project["license"]},
    }
