"""The decorators that make Lambda handlers: `@task` for task states, `@route` for API routes.

A task takes one document and returns the next, as JSON; its errors go to Step Functions, which
catches them by class name. A route names the parts of the request that it wants (`path`,
`query`, `headers`, `body`, `caller`) as parameters, each annotated with its model; its errors
become HTTP responses.

Both keep what they declare on the handler, as `spec`: the state machine, its diagram and
docs/openapi.json are made from it.
"""

import base64
import inspect
import json
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ValidationError

from orders.documents.fields import Document, as_json
from orders.documents.validation import first_error
from orders.errors import InvalidRequest, OrderError, OrderNotFound, RequestError
from orders.settings import on_lambda, settings

logger = Logger()

Event: TypeAlias = dict[str, Any]
Handler: TypeAlias = Callable[[Event, LambdaContext], Event]


class TaskSpec(NamedTuple):
    """What a task declares: the state's comment in the ASL, its input and output, its errors."""

    title: str
    input: type[BaseModel]
    output: type[Document]
    raises: tuple[type[OrderError], ...]


class RouteSpec(NamedTuple):
    """What a route declares: its texts in docs/openapi.json, the request's parts, its responses."""

    summary: str
    description: str
    parts: dict[str, type[BaseModel]]
    response: type[Document]
    status: HTTPStatus
    raises: tuple[type[RequestError], ...]
    location: str | None


def task(
    title: str, raises: tuple[type[OrderError], ...] = ()
) -> Callable[[Callable[[Any], Document]], Handler]:
    """Turn a function that takes one document and returns the next into a Lambda handler.

    `title` is the state's comment in the ASL. `raises` lists the task's errors, except those of
    the database, which any task can raise. The result must be of the declared class itself: a
    subclass would say more of the order than was done, and the next state would believe it.
    Raises TypeError if the function is not declared so, or does not return what it declares.
    """

    def decorate(handle: Callable[[Any], Document]) -> Handler:
        _check_settings()
        model, output = _input_and_output(handle)

        @wraps(handle)
        def handler(event: Event, context: LambdaContext) -> Event:
            _log_with(context, event.get("order_id"))
            try:
                result = handle(model.model_validate(event))
                _check_result(result, output)
            except Exception as error:
                logger.exception("failed", error=type(error).__name__)
                raise
            logger.info("done")
            return result.model_dump(mode="json")

        vars(handler)["spec"] = TaskSpec(title, model, output, raises)
        return handler

    return decorate


def route(
    summary: str,
    description: str,
    status: HTTPStatus = HTTPStatus.OK,
    raises: tuple[type[RequestError], ...] = (),
    location: str | None = None,
) -> Callable[[Callable[..., Document]], Handler]:
    """Turn a function that takes parts of a request and returns a response into a Lambda handler.

    `raises` names the errors that callers must expect, besides InvalidRequest and the 503 of
    every Unavailable. `location` names the field of the response with the id of what was made:
    the response has a Location header then.
    """

    def decorate(handle: Callable[..., Document]) -> Handler:
        _check_settings()
        parts = _parts(handle)

        @wraps(handle)
        def handler(event: Event, context: LambdaContext) -> Event:
            request_id = event["requestContext"]["requestId"]
            _log_with(context, (event.get("pathParameters") or {}).get("order_id"))
            try:
                answer = handle(**_read(parts, event))
            except OrderError as error:
                return _error_response(error, request_id)
            except Exception as error:
                logger.exception("unexpected")
                why = f"Unexpected {type(error).__name__}"
                return _server_error(HTTPStatus.INTERNAL_SERVER_ERROR, why, request_id)
            headers = _location(location, event, answer)
            return _response(status, as_json(answer), request_id, **headers)

        vars(handler)["spec"] = RouteSpec(
            summary, description, parts, _output(handle), status, raises, location
        )
        return handler

    return decorate


def _check_settings() -> None:
    """On Lambda, a missing variable makes the cold start fail, before the first invocation."""
    if on_lambda():
        settings()


def _parts(handle: Callable[..., Document]) -> dict[str, type[BaseModel]]:
    annotations = inspect.get_annotations(handle, eval_str=True)
    return {name: model for name, model in annotations.items() if name != "return"}


def _output(handle: Callable[..., Document]) -> type[Document]:
    model: type[Document] = inspect.get_annotations(handle, eval_str=True)["return"]
    return model


def _input_and_output(handle: Callable[..., Document]) -> tuple[type[BaseModel], type[Document]]:
    taken = list(_parts(handle).values())
    models = [*taken, inspect.get_annotations(handle, eval_str=True).get("return")]
    if len(taken) != 1 or not all(isinstance(m, type) and issubclass(m, BaseModel) for m in models):
        message = f"{handle.__module__} must take one model and return one: annotate both"
        raise TypeError(message)
    if inspect.iscoroutinefunction(handle):
        raise TypeError(f"{handle.__module__} is async, and Lambda awaits nothing: use def")
    return taken[0], _output(handle)


def _check_result(result: Document, output: type[Document]) -> None:
    if type(result) is not output:
        message = f"the task returned {type(result).__name__}, and declares {output.__name__}"
        raise TypeError(message)


def _log_with(context: LambdaContext, order_id: str | None) -> None:
    """The version shows which release handled the order: orders in flight keep theirs."""
    logger.append_keys(
        request_id=context.aws_request_id, version=context.function_version, order_id=order_id
    )


# Reading a request.


def _read(parts: Mapping[str, type[BaseModel]], event: Event) -> dict[str, BaseModel]:
    return {name: _READERS[name](model, event) for name, model in parts.items()}


def _read_path(model: type[BaseModel], event: Event) -> BaseModel:
    """API Gateway passes path parameters percent-encoded. A malformed id is a 404, not a 400."""
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
    body = event["body"] or ""
    try:
        return model.model_validate_json(
            base64.b64decode(body) if event.get("isBase64Encoded") else body
        )
    except ValidationError as error:
        raise InvalidRequest(_worded(error)) from error


def _read_caller(model: type[BaseModel], event: Event) -> BaseModel:
    return model.model_validate(event["requestContext"]["identity"])


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
        case "json_invalid":
            return "Request body is not valid JSON"
        case "missing":
            return f"Missing required field: {path}"
        case _ if not path:
            return "Request body must be a JSON object"
        case _:
            return f"Invalid value for {path.title() if title else path}: {message}"


# Writing a response.


def _response(status: HTTPStatus, body: str, request_id: str, **headers: str) -> Event:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", "x-request-id": request_id} | headers,
        "body": body,
    }


def _location(field: str | None, event: Event, answer: Document) -> dict[str, str]:
    """`path` of the request's context begins with the stage, so that clients can follow it."""
    if field is None:
        return {}
    return {"Location": f"{event['requestContext']['path']}/{getattr(answer, field)}"}


def _error_response(error: OrderError, request_id: str) -> Event:
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("failed", exc_info=error)
        return _server_error(error.http_status, str(error), request_id, **error.http_headers)
    logger.info("refused", reason=str(error))
    body = _message(str(error), **{name: getattr(error, name) for name in error.http_fields})
    return _response(error.http_status, body, request_id, **error.http_headers)


def _server_error(status: HTTPStatus, why: str, request_id: str, **headers: str) -> Event:
    """A 503 says "Service unavailable", a 500 "Internal server error"; `error` says why."""
    body = _message(status.phrase.capitalize(), error=f"{why} (request {request_id})")
    return _response(status, body, request_id, **headers)


def _message(message: str, **more: str) -> str:
    return json.dumps({"message": message} | more)
