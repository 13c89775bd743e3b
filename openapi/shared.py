"""What the routes' responses have in common: headers, error bodies, API Gateway's responses."""

from collections.abc import Collection, Mapping
from typing import Any

from openapi.operation import Operation
from orders.errors import Unavailable

Response = dict[str, Any]

HEADERS: dict[str, Response] = {
    "x-request-id": {
        "description": "The request's id, which the logs and a 500 hold as well.",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
}
"""The headers of every response."""


def closed(properties: dict[str, Any]) -> Response:
    """The schema of an object that has all of these properties and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _server_error(message: str) -> Response:
    return closed(
        {
            "message": {"type": "string", "const": message},
            "error": {"type": "string", "minLength": 1, "description": "The cause, for operators."},
        }
    )


ERRORS: dict[str, dict[str, Any]] = {
    "Error": closed({"message": {"type": "string", "minLength": 1}})
    | {
        "description": "What went wrong.",
    },
    "InternalError": _server_error("Internal server error"),
    "Unavailable": _server_error("Service unavailable"),
}
"""The error bodies of orders/http_responses.py and of template.yaml's GatewayResponses."""


def error_schema(messages: Collection[str]) -> Response:
    """The schema of an error body; `messages`, unless empty, are all the messages it can have."""
    narrowed = {"properties": {"message": {"enum": list(messages)}}} if messages else {}
    return {"$ref": "#/components/schemas/Error", **narrowed}


def body_examples(bodies: Mapping[str, dict[str, str]]) -> dict[str, Any]:
    """Examples of error bodies, by name."""
    return {name: {"value": body} for name, body in bodies.items()}


def response(description: str, schema: Response, examples: dict[str, Any]) -> Response:
    """An OpenAPI response object."""
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS},
        "content": {"application/json": {"schema": schema, "examples": examples}},
    }


def _gateway(description: str, *messages: str) -> Response:
    named = {message.title().replace(" ", ""): {"message": message} for message in messages}
    return response(description, error_schema(messages), body_examples(named))


_INTERNAL_ERROR = response(
    "The server has a bug or is set up wrongly; `error` names the cause.",
    {"$ref": "#/components/schemas/InternalError"},
    {"answer": {"value": {"message": "Internal server error", "error": "Detailed error message"}}},
)
_UNAVAILABLE = response(
    "A service that the server needs does not answer for now; `error` names the cause.",
    {"$ref": "#/components/schemas/Unavailable"},
    {"answer": {"value": {"message": "Service unavailable", "error": "Detailed error message"}}},
)
_UNAVAILABLE["headers"] |= {
    name: {
        "description": "Seconds to wait before the next try.",
        "required": True,
        "schema": {"type": "string", "const": value},
    }
    for name, value in Unavailable.http_headers.items()
}
SHARED: dict[str, Response] = {
    "Forbidden": _gateway(
        "`x-api-key` is missing or wrong, or there is no such path or method.",
        "Forbidden",
        "Missing Authentication Token",
    ),
    "RequestTooLong": _gateway(
        "The body is over 4.7 MB: as base64, it does not fit into a function's event of 6 MiB.",
        "Request Too Long",
    ),
    "TooManyRequests": _gateway(
        "More requests than the usage plan or the account allows.", "Too Many Requests"
    ),
    "InternalServerError": _INTERNAL_ERROR,
    "BadGateway": _gateway(
        "The function crashed or ran into its timeout.", "Internal server error"
    ),
    "ServiceUnavailable": _UNAVAILABLE,
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
    "503": "ServiceUnavailable",
    "504": "GatewayTimeout",
}


def shared(operation: Operation) -> dict[str, Response]:
    """References to the responses that the operation has in common with others."""
    return {
        status: {"$ref": f"#/components/responses/{name}"}
        for status, name in _STATUSES.items()
        if name != "RequestTooLong" or "body" in operation.parts
    }
