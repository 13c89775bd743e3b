"""The answers of a route, by status."""

import inspect
from itertools import groupby

from openapi import examples
from openapi.operation import Operation
from openapi.schemas import reference
from openapi.shared import Response, error_schema, messages, response
from orders.errors import OrderError


def success(operation: Operation) -> Response:
    """The answer when all went well."""
    shown = {"answer": {"value": examples.answer(operation.name)}}
    return response(operation.status.phrase, reference(operation.response), shown)


def refusals(operation: Operation) -> dict[str, Response]:
    """The handler's own errors."""
    by_status = sorted(operation.raises, key=lambda error: error.http_status)
    return {
        str(int(status)): _refusal(operation, list(several))
        for status, several in groupby(by_status, key=lambda error: error.http_status)
    }


def _refusal(operation: Operation, errors: list[type[OrderError]]) -> Response:
    said = {error.__name__: examples.said(operation.name, error) for error in errors}
    fixed = said.values() if all(map(examples.has_one_wording, errors)) else ()
    made = response(" ".join(map(_told, errors)), error_schema(fixed), messages(said))
    for error in errors:
        made["headers"] |= {name: _header(error, name) for name in error.http_headers}
    return made


def _header(error: type[OrderError], name: str) -> Response:
    schema = {"type": "string", "const": error.http_headers[name]}
    return {"description": f"With {error.__name__}.", "schema": schema}


def _told(error: type[OrderError]) -> str:
    return (inspect.getdoc(error) or "").partition("\n")[0]
