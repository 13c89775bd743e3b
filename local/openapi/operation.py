"""What a route's handler says of itself."""

import importlib
import inspect
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel

from local import template
from orders.errors import InvalidRequest, OrderError

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
_ANY = dict.fromkeys(("DbHost", "DbName", "OrderBackupBucket"), "any")
"""The template's values that no route depends on."""


@dataclass(frozen=True)
class Operation:
    """One route: the parts of a request it takes, what it gives and what it refuses with."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    takes: dict[str, type[BaseModel]]
    gives: type[BaseModel]
    status: HTTPStatus
    raises: tuple[type[OrderError], ...]


def operations() -> list[Operation]:
    """Every route of template.yaml, in its order."""
    read = template.read(TEMPLATE, _ANY)
    return [_operation(route, read.functions[route.function].handler) for route in read.routes]


def _operation(route: template.Route, handler: str) -> Operation:
    module = importlib.import_module(handler.rpartition(".")[0])
    told = vars(module.handler)
    parts = inspect.get_annotations(told["__wrapped__"], eval_str=True)
    gives = parts.pop("return")
    return Operation(
        method=route.method.lower(),
        path=route.path,
        name=_camel(module.__name__.rpartition(".")[2]),
        summary=_paragraph(module.handler),
        description=_sentence(_paragraph(module).partition(": ")[2]),
        takes=parts,
        gives=gives,
        status=told["status"],
        raises=(*_malformed(parts), *told["raises"]),
    )


def _malformed(parts: dict[str, type[BaseModel]]) -> tuple[type[OrderError], ...]:
    """A part that the caller fills in may be wrong; a wrong path is a thing not found."""
    return (InvalidRequest,) if parts.keys() & {"body", "query", "headers"} else ()


def _paragraph(documented: object) -> str:
    """The first paragraph of a docstring; those after it talk to programmers."""
    return " ".join((inspect.getdoc(documented) or "").partition("\n\n")[0].split())


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.title, others))
