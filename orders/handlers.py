"""The decorators that make Lambda handlers: `@task` for task states, `@route` for API routes.

A task takes one document and returns the next, as JSON; its errors go to Step Functions, which
catches them by class name. A route names the parts of the request that it wants (`path`,
`query`, `headers`, `body`, `caller`) as parameters, each annotated with its model; its errors
become HTTP responses.

Both keep what they declare on the handler, as `spec`: the state machine, its diagram and
docs/openapi.json are made from it.
"""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from time import monotonic
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel

from orders import cors, logs, metrics
from orders.documents.fields import Document, as_json
from orders.errors import OrderError, OrderRefused, RequestError
from orders.http_requests import read
from orders.http_responses import error_response, location_header, response, server_error
from orders.request_bodies import Event
from orders.settings import on_lambda, settings

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
            order_id, request_id = event.get("order_id"), event.get("request_id")
            _begin(context, who="workflow", request_id=request_id, order_id=order_id)
            try:
                result = handle(model.model_validate(event))
                _check_result(result, output)
            except OrderRefused as error:
                logs.failed(error)
                # Lambda logs what a handler raises as well, and then a traceback tells nothing.
                raise error.with_traceback(None) from None
            except Exception as error:
                logs.failed(error)
                raise
            logs.logger.info("done")
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

        @cors.for_browsers
        @wraps(handle)
        def handler(event: Event, context: LambdaContext) -> Event:
            began, request_id = monotonic(), event["requestContext"]["requestId"]
            order_id = (event.get("pathParameters") or {}).get("order_id")
            _begin(context, who=_key_id(event), request_id=request_id, order_id=order_id)
            try:
                answer = handle(**read(parts, event))
            except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
                failed = _error_response(error, request_id)
                _log_request(event, failed, began, logs.reason(error))
                return failed
            headers = location_header(location, event, answer)
            done = response(status, as_json(answer), request_id, **headers)
            _log_request(event, done, began)
            return done

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


def _begin(
    context: LambdaContext, *, who: str, request_id: str | None, order_id: str | None
) -> None:
    if logs.begin(context, who=who, request_id=request_id, order_id=order_id):
        metrics.count("ColdStarts", function_name=context.function_name)


def _error_response(error: Exception, request_id: str) -> Event:
    """The response to an error, which is logged here unless the access line says it all."""
    if not isinstance(error, OrderError):
        logs.failed(error)
        why = f"Unexpected {type(error).__name__}"
        return server_error(HTTPStatus.INTERNAL_SERVER_ERROR, why, request_id)
    if error.http_status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logs.failed(error)
    return error_response(error, request_id)


def _log_request(
    event: Event, answer: Event, began: float, why: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Write the request's access line; local/api_gateway writes those of all other requests."""
    fields = {
        "route": f"{event['httpMethod']} {event['resource']}",
        "status": answer["statusCode"],
        "ms": round((monotonic() - began) * 1000),
        "key_id": _key_id(event),
        "source": "function",
    }
    logs.logger.info("request", extra=fields | dict(why))


def _key_id(event: Event) -> str:
    """The id of the caller's API key, which is not the key."""
    return str(event["requestContext"]["identity"].get("apiKeyId", ""))
