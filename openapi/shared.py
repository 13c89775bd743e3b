"""What the routes' answers have in common."""

from collections.abc import Collection, Mapping
from typing import Any

from openapi.operation import Operation

Response = dict[str, Any]

HEADERS: dict[str, Response] = {
    "x-request-id": {
        "description": "The request's id, as the logs and a 500 name it.",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
}
"""Headers that every answer has."""
ERRORS: dict[str, dict[str, Any]] = {
    "Error": {
        "type": "object",
        "description": "What went wrong.",
        "properties": {"message": {"type": "string", "minLength": 1}},
        "required": ["message"],
        "additionalProperties": False,
    },
    "InternalError": {
        "type": "object",
        "description": "What went wrong on our side; `error` is for operators.",
        "properties": {
            "message": {"type": "string", "const": "Internal server error"},
            "error": {"type": "string", "minLength": 1},
        },
        "required": ["message", "error"],
        "additionalProperties": False,
    },
}
"""The schemas of orders/entry.py's error bodies and of template.yaml's GatewayResponses."""


def error_schema(words: Collection[str]) -> Response:
    """An error body; where its words are always the same, with these."""
    narrowed = {"properties": {"message": {"enum": list(words)}}} if words else {}
    return {"$ref": "#/components/schemas/Error", **narrowed}


def messages(said: Mapping[str, str]) -> dict[str, Any]:
    """Examples of error bodies."""
    return {name: {"value": {"message": words}} for name, words in said.items()}


def response(description: str, schema: Response, shown: dict[str, Any]) -> Response:
    """An OpenAPI response object."""
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": {"application/json": {"schema": schema, "examples": shown}},
    }


def _gateway(description: str, *words: str) -> Response:
    shown = messages({said.title().replace(" ", ""): said for said in words})
    return response(description, error_schema(words), shown)


_BROKEN = response(
    "Something on our side is broken or does not answer; `error` says what.",
    {"$ref": "#/components/schemas/InternalError"},
    {"answer": {"value": {"message": "Internal server error", "error": "Detailed error message"}}},
)
SHARED: dict[str, Response] = {
    "Forbidden": _gateway(
        "`x-api-key` is missing or wrong; or there is no such path or method.",
        "Forbidden",
        "Missing Authentication Token",
    ),
    "RequestTooLong": _gateway("Over 10 MB.", "Request Too Long"),
    "TooManyRequests": _gateway(
        "More than the usage plan or the account lets through.", "Too Many Requests"
    ),
    "InternalServerError": _BROKEN,
    "BadGateway": _gateway("The function broke off.", "Internal server error"),
    "GatewayTimeout": _gateway("No answer within 29 s.", "Endpoint request timed out"),
}
"""What no route says itself, most of it API Gateway's own."""
_STATUSES = {
    "403": "Forbidden",
    "413": "RequestTooLong",
    "429": "TooManyRequests",
    "500": "InternalServerError",
    "502": "BadGateway",
    "504": "GatewayTimeout",
}


def shared(operation: Operation) -> dict[str, Response]:
    """References to the answers that the route has in common with others."""
    return {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, name in _STATUSES.items()
        if name != "RequestTooLong" or "body" in operation.parts
    }
