"""A route's own responses, by status."""

import inspect
from itertools import groupby

from openapi import examples
from openapi.operation import Operation
from openapi.schemas import reference
from openapi.shared import Response, error_schema, message_examples, response
from orders.errors import OrderError


def success(operation: Operation) -> Response:
    """The response when nothing went wrong."""
    example = {"answer": {"value": examples.answer(operation.name)}}
    return response(operation.status.phrase, reference(operation.response), example)


def errors(operation: Operation) -> dict[str, Response]:
    """The responses to the handler's own errors; errors with the same status share one."""
    by_status = sorted(operation.raises, key=lambda error: error.http_status)
    return {
        str(int(status)): _error(operation, list(same_status))
        for status, same_status in groupby(by_status, key=lambda error: error.http_status)
    }


def _error(operation: Operation, classes: list[type[OrderError]]) -> Response:
    messages = {each.__name__: examples.message(operation.name, each) for each in classes}
    fixed = messages.values() if all(map(examples.has_fixed_message, classes)) else ()
    summary = " ".join(map(_summary, classes))
    made = response(summary, error_schema(fixed), message_examples(messages))
    for each in classes:
        made["headers"] |= {name: _header(each, name) for name in each.http_headers}
    return made


def _header(error: type[OrderError], name: str) -> Response:
    schema = {"type": "string", "const": error.http_headers[name]}
    return {"description": f"With {error.__name__}.", "schema": schema}


def _summary(error: type[OrderError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n")[0]
