"""The errors that routes declare for the document are those that their code can raise."""

import importlib

import pytest

from deployment import template
from workflows.rules.raised_errors import misdeclared

DEPLOYED = template.read()


@pytest.mark.parametrize("route", DEPLOYED.routes, ids=lambda route: f"{route.method} {route.path}")
def test_a_route_declares_the_errors_that_it_can_raise(route: template.Route) -> None:
    handler = DEPLOYED.functions[route.function].handler
    spec = importlib.import_module(handler.rpartition(".")[0]).handler.spec

    assert list(misdeclared(route.function, handler, spec.raises)) == []


def test_an_undeclared_error_is_found() -> None:
    found = list(misdeclared("GetOrderFunction", "api_handlers.get_order.handler", ()))

    assert [finding.partition(", which it does not declare")[0] for finding in found] == [
        "GetOrderFunction can raise OrderNotFound",
        "GetOrderFunction can raise OrderNotStoredYet",
    ]
