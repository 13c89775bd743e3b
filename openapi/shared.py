"""What the routes' responses have in common: headers, error bodies, API Gateway's responses."""

from collections.abc import Collection, Mapping
from typing import Any

from openapi.operation import Operation

Response = dict[str, Any]

HEADERS: dict[str, Response] = {
    "x-request-id": {
        "description": "The request's id, which the logs and a 500 hold as well.",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
}
"""The headers of every response."""
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
        "description": "An error of the server; `error` is for operators.",
        "properties": {
            "message": {"type": "string", "const": "Internal server error"},
            "error": {"type": "string", "minLength": 1},
        },
        "required": ["message", "error"],
        "additionalProperties": False,
    },
}
"""The schemas of the error bodies of orders/handlers.py and of template.yaml's GatewayResponses."""


def error_schema(messages: Collection[str]) -> Response:
    """The schema of an error body; `messages`, unless empty, are all the messages it can have."""
    narrowed = {"properties": {"message": {"enum": list(messages)}}} if messages else {}
    return {"$ref": "#/components/schemas/Error", **narrowed}


def message_examples(messages: Mapping[str, str]) -> dict[str, Any]:
    """Examples of error bodies, by name."""
    return {name: {"value": {"message": message}} for name, message in messages.items()}


def response(description: str, schema: Response, examples: dict[str, Any]) -> Response:
    """An OpenAPI response object."""
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }


def _gateway(description: str, *messages: str) -> Response:
    named = {message.title().replace(" ", ""): message for message in messages}
    return response(description, error_schema(messages), message_examples(named))


_INTERNAL_ERROR = response(
    "The server has a bug, or a service that it needs does not answer; `error` names the cause.",
    {"$ref": "#/components/schemas/InternalError"},
    {"answer": {"value": {"message": "Internal server error", "error": "Detailed error message"}}},
)
SHARED: dict[str, Response] = {
    "Forbidden": _gateway(
        "`x-api-key` is missing or wrong, or there is no such path or method.",
        "Forbidden",
        "Missing Authentication Token",
    ),
    "RequestTooLong": _gateway("The body is over 10 MB.", "Request Too Long"),
    "TooManyRequests": _gateway(
        "More requests than the usage plan or the account allows.", "Too Many Requests"
    ),
    "InternalServerError": _INTERNAL_ERROR,
    "BadGateway": _gateway(
        "The function crashed or ran into its timeout.", "Internal server error"
    ),
    "GatewayTimeout": _gateway(
        "The function did not answer within 29 s.", "Endpoint request timed out"
    ),
}
"""The responses that any route can have; most of them are API Gateway's own."""
_STATUSES = {
    "403": "Forbidden",
    "413": "RequestTooLong",
    "429": "TooManyRequests",
    "500": "InternalServerError",
    "502": "BadGateway",
    "504": "GatewayTimeout",
}


def shared(operation: Operation) -> dict[str, Response]:
    """References to the responses that the operation has in common with others."""
    return {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, name in _STATUSES.items()
        if name != "RequestTooLong" or "body" in operation.parts
    }
