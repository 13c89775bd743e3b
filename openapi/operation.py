"""One route of template.yaml with what its handler declares: an operation of the API."""

import importlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from pydantic import BaseModel

from deployment import template
from orders.errors import InvalidRequest, OrderError

if TYPE_CHECKING:
    from orders.handlers import RouteSpec


@dataclass(frozen=True)
class Operation:
    """A route: the parts of a request that it reads, its response and its errors."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    parts: dict[str, type[BaseModel]]
    response: type[BaseModel]
    status: HTTPStatus
    raises: tuple[type[OrderError], ...]
    location: str | None


def operations() -> list[Operation]:
    """Every route of template.yaml, in its order."""
    deployed = template.read()
    return [_operation(route, deployed.functions[route.function]) for route in deployed.routes]


def _operation(route: template.Route, function: template.Function) -> Operation:
    module = importlib.import_module(function.handler.rpartition(".")[0])
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
        raises=(*_validation_errors(spec.parts), *spec.raises),
        location=spec.location,
    )


def _validation_errors(parts: dict[str, type[BaseModel]]) -> tuple[type[OrderError], ...]:
    """A malformed body, query or header is a 400; a malformed path is a 404."""
    return (InvalidRequest,) if parts.keys() & {"body", "query", "headers"} else ()


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))
