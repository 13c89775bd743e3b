"""A route's own responses, by status."""

import inspect
from itertools import groupby

from openapi import examples
from openapi.operation import Operation
from openapi.schemas import reference
from openapi.shared import Response, body_examples, closed, error_schema, response
from orders.errors import OrderError

LOCATION: Response = {
    "description": "The path of what was made.",
    "required": True,
    "schema": {"type": "string", "minLength": 1},
}


def success(operation: Operation) -> Response:
    """The response when nothing went wrong."""
    example = {"answer": {"value": examples.answer(operation.name)}}
    made = response(operation.status.phrase, reference(operation.response), example)
    if operation.location:
        made["headers"] |= {"Location": LOCATION}
    return made


def errors(operation: Operation) -> dict[str, Response]:
    """The responses to the handler's own errors; errors with the same status share one."""
    by_status = sorted(operation.raises, key=lambda error: error.http_status)
    return {
        str(int(status)): _error(operation, list(same_status))
        for status, same_status in groupby(by_status, key=lambda error: error.http_status)
    }


def _error(operation: Operation, classes: list[type[OrderError]]) -> Response:
    bodies = {each.__name__: examples.error(operation.name, each) for each in classes}
    summary = " ".join(map(_summary, classes))
    made = response(summary, _schema(classes, bodies), body_examples(bodies))
    for each in classes:
        made["headers"] |= {name: _header(each, name) for name in each.http_headers}
    return made


def _schema(classes: list[type[OrderError]], bodies: dict[str, dict[str, str]]) -> Response:
    """The schema of the body: all its messages if they are fixed, and its other fields."""
    is_fixed = all(map(examples.has_fixed_message, classes))
    messages = [body["message"] for body in bodies.values()] if is_fixed else []
    fields = {name for each in classes for name in each.http_fields}
    if not fields:
        return error_schema(messages)
    properties = {"message": {"type": "string", "enum": messages}}
    return closed(properties | {name: {"type": "string"} for name in sorted(fields)})


def _header(error: type[OrderError], name: str) -> Response:
    schema = {"type": "string", "const": error.http_headers[name]}
    return {"description": f"With {error.__name__}.", "schema": schema}


def _summary(error: type[OrderError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n")[0]
