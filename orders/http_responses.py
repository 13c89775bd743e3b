"""Writing a response: the result of a Lambda function behind a route of API Gateway."""

import json
from http import HTTPStatus

from orders.documents.fields import Document
from orders.errors import OrderError
from orders.request_bodies import Event


def response(status: HTTPStatus, body: str, request_id: str, **headers: str) -> Event:
    """A response with this body, which is JSON."""
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", "x-request-id": request_id} | headers,
        "body": body,
    }


def location_header(field: str | None, event: Event, answer: Document) -> dict[str, str]:
    """`path` of the request's context begins with the stage, so that clients can follow it."""
    if field is None:
        return {}
    return {"Location": f"{event['requestContext']['path']}/{getattr(answer, field)}"}


def error_response(error: OrderError, request_id: str) -> Event:
    """The response to an error: its own status and message, or those of a server error."""
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return server_error(error.http_status, str(error), request_id, **error.http_headers)
    body = _message(str(error), **{name: getattr(error, name) for name in error.http_fields})
    return response(error.http_status, body, request_id, **error.http_headers)


def server_error(status: HTTPStatus, why: str, request_id: str, **headers: str) -> Event:
    """A 503 says "Service unavailable", a 500 "Internal server error"; `error` says why."""
    body = _message(status.phrase.capitalize(), error=f"{why} (request {request_id})")
    return response(status, body, request_id, **headers)


def _message(message: str, **more: str) -> str:
    return json.dumps({"message": message} | more)
