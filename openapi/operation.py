"""What a route's handler declares, as one operation of the API."""

import importlib
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel

from deployment import template
from orders.errors import InvalidRequest, OrderError
from orders.handlers import RouteSpec

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
_PLACEHOLDERS = dict.fromkeys(("DbHost", "DbName", "OrderBackupBucket"), "any")
"""Values for the template's parameters and resources on which no route depends."""


@dataclass(frozen=True)
class Operation:
    """One route: the parts of a request it reads, its response and its errors."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    parts: dict[str, type[BaseModel]]
    response: type[BaseModel]
    status: HTTPStatus
    raises: tuple[type[OrderError], ...]


def operations() -> list[Operation]:
    """Every route of template.yaml, in its order."""
    read = template.read(TEMPLATE, _PLACEHOLDERS)
    return [_operation(route, read.functions[route.function].handler) for route in read.routes]


def _operation(route: template.Route, handler: str) -> Operation:
    module = importlib.import_module(handler.rpartition(".")[0])
    spec: RouteSpec = module.handler.spec
    return Operation(
        method=route.method.lower(),
        path=route.path,
        name=_camel_case(module.__name__.rpartition(".")[2]),
        summary=spec.summary,
        description=spec.description,
        parts=spec.parts,
        response=spec.response,
        status=spec.status,
        raises=(*_malformed(spec.parts), *spec.raises),
    )


def _malformed(parts: dict[str, type[BaseModel]]) -> tuple[type[OrderError], ...]:
    """A malformed body, query or header is a 400; a malformed path is a 404."""
    return (InvalidRequest,) if parts.keys() & {"body", "query", "headers"} else ()


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))
