"""Finds the route of a request, and the path's parameters."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from starlette.requests import Request

from deployment.template import Route
from local.api_gateway.error_responses import GatewayError


class Match(NamedTuple):
    """A route and its path parameters, which stay percent-encoded, as a REST API leaves them."""

    route: Route
    parameters: dict[str, str]


def in_order(routes: Iterable[Route]) -> list[Route]:
    """The routes in the order of matching: a literal segment comes before a parameter."""
    return sorted(routes, key=lambda route: route.path.count("{"))


def match(request: Request, routes: Sequence[Route]) -> Match:
    """The first route that matches. Raises GatewayError (403), as AWS does, when none does."""
    if found := find(request, routes):
        return found
    raise GatewayError(403, "Missing Authentication Token")


def find(request: Request, routes: Sequence[Route]) -> Match | None:
    """The first route that matches, if there is one."""
    segments = raw_path(request).split("/")
    for route in routes:
        parameters = _parameters(route.path.split("/"), segments)
        if route.method in (request.method, "ANY") and parameters is not None:
            return Match(route, parameters)
    return None


def raw_path(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    return str(request.scope["raw_path"].decode("latin-1"))


def _parameters(template: list[str], segments: list[str]) -> dict[str, str] | None:
    """The path's parameters, none of which may be empty; None if the path does not match."""
    if len(template) != len(segments):
        return None
    parameters = {}
    for name, segment in zip(template, segments, strict=True):
        if name.startswith("{") and segment:
            parameters[name.strip("{}")] = segment
        elif name != segment:
            return None
    return parameters
