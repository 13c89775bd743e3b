"""Reading a request: its path, query, headers, body and caller, each as the model of its part."""

from collections.abc import Mapping
from urllib.parse import unquote

from pydantic import BaseModel, ValidationError

from orders.documents.validation import first_error
from orders.errors import InvalidRequest, OrderNotFound
from orders.request_bodies import Event, parsed


def read(parts: Mapping[str, type[BaseModel]], event: Event) -> dict[str, BaseModel]:
    """The parts of the request, each as its model. Raises InvalidRequest, OrderNotFound."""
    return {name: _READERS[name](model, event) for name, model in parts.items()}


def _read_path(model: type[BaseModel], event: Event) -> BaseModel:
    """API Gateway passes path parameters percent-encoded. A malformed id is a 404, not a 400.

    Bytes that are not UTF-8 become U+FFFD, which is in no id either.
    """
    try:
        return model.model_validate({k: unquote(v) for k, v in event["pathParameters"].items()})
    except ValidationError as error:
        raise OrderNotFound from error


def _read_query(model: type[BaseModel], event: Event) -> BaseModel:
    try:
        return model.model_validate(event["queryStringParameters"] or {})
    except ValidationError as error:
        raise InvalidRequest(_worded(error)) from error


def _read_headers(model: type[BaseModel], event: Event) -> BaseModel:
    headers = {name.lower(): value for name, value in (event["headers"] or {}).items()}
    try:
        return model.model_validate(headers)
    except ValidationError as error:
        raise InvalidRequest(_worded(error, title=True)) from error


def _read_body(model: type[BaseModel], event: Event) -> BaseModel:
    body = parsed(event)
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise InvalidRequest(_worded(error)) from error


def _read_caller(model: type[BaseModel], event: Event) -> BaseModel:
    context = event["requestContext"]
    return model.model_validate(context["identity"] | {"requestId": context["requestId"]})


_READERS = {
    "path": _read_path,
    "query": _read_query,
    "headers": _read_headers,
    "body": _read_body,
    "caller": _read_caller,
}


def _worded(error: ValidationError, *, title: bool = False) -> str:
    """The first error, worded as docs/contract.md has it."""
    kind, path, message = first_error(error)
    match kind:
        case "missing":
            return f"Missing required field: {path}"
        case _ if not path:
            return "Request body must be a JSON object"
        case _:
            return f"Invalid value for {path.title() if title else path}: {message}"
