"""The answers of a route, by status."""

import inspect
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from local.openapi import examples
from local.openapi.operation import Operation
from local.openapi.schemas import reference
from orders.errors import OrderError

Response = dict[str, Any]

REQUEST_ID: Response = {
    "x-request-id": {
        "description": "The request's id, as the logs and a 500 name it.",
        "required": True,
        "schema": {"type": "string", "minLength": 1},
    }
}
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


def success(operation: Operation) -> Response:
    """The answer when all went well."""
    shown = {"answer": {"value": examples.answer(operation.name)}}
    return _json(operation.status.phrase, reference(operation.gives), shown)


def refusals(errors: Iterable[type[OrderError]]) -> dict[str, Response]:
    """The handler's own errors."""
    by_status = sorted(errors, key=lambda error: error.http_status)
    return {
        str(int(status)): _refusal(list(several))
        for status, several in groupby(by_status, key=lambda error: error.http_status)
    }


def _refusal(errors: list[type[OrderError]]) -> Response:
    shown = {error.__name__: {"value": {"message": examples.said(error)}} for error in errors}
    made = _json(" ".join(map(_told, errors)), _words(errors), shown)
    made["headers"] |= {
        name: {
            "description": f"With {error.__name__}.",
            "schema": {"type": "string", "const": value},
        }
        for error in errors
        for name, value in error.http_headers.items()
    }
    return made


def _words(errors: list[type[OrderError]]) -> Response:
    """An error body; where its words are always the same, with these."""
    if not all(map(examples.has_one_wording, errors)):
        return {"$ref": "#/components/schemas/Error"}
    return _error(map(examples.said, errors))


def _error(words: Iterable[str]) -> Response:
    said = {"properties": {"message": {"enum": list(words)}}}
    return {"$ref": "#/components/schemas/Error"} | said


def _told(error: type[OrderError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n")[0]


def _json(description: str, schema: Response, shown: dict[str, Any]) -> Response:
    return {
        "description": description,
        "headers": dict(REQUEST_ID),
        "content": {"application/json": {"schema": schema, "examples": shown}},
    }


def _gateway(description: str, *words: str) -> Response:
    shown = {said.title().replace(" ", ""): {"value": {"message": said}} for said in words}
    return _json(description, _error(words), shown)


_BROKEN = _json(
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
        if name != "RequestTooLong" or "body" in operation.takes
    }
