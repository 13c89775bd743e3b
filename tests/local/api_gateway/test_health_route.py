import asyncio
from dataclasses import replace

import httpx

from local.api_gateway.gateway import Gateway
from local.api_gateway.health_route import HealthRoute
from tests.local.in_process import KEY, Handlers, small_template

LOST = {"state_machine": "does not exist", "database": "does not answer"}
CONTENTS = small_template({})


def asked(
    *, missing: dict[str, str] | None = None, method: str = "GET", path: str = "/health"
) -> httpx.Response:
    """Ask the small template's API, without a key."""
    gateway = Gateway(CONTENTS.routes, Handlers(CONTENTS.functions), KEY)
    return asyncio.run(answer(gateway, missing or {}, method, path))


async def answer(
    gateway: Gateway, missing: dict[str, str], method: str, path: str
) -> httpx.Response:
    transport = httpx.ASGITransport(HealthRoute(gateway, lambda: missing))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        return await client.request(method, path)


def test_a_stack_that_lacks_nothing_is_ready() -> None:
    response = asked()
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    assert response.headers["x-request-id"]


def test_what_is_missing_is_named_and_may_be_there_soon() -> None:
    response = asked(missing=LOST)
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "missing": LOST}
    assert response.headers["retry-after"] == "1"


def test_everything_else_is_the_gateways() -> None:
    assert asked(path="/things").json() == {"message": "Forbidden"}
    for method, path in (("POST", "/health"), ("GET", "/health/"), ("GET", "/healthy")):
        response = asked(method=method, path=path)
        assert response.json() == {"message": "Missing Authentication Token"}


def test_a_route_of_the_template_comes_first() -> None:
    things = next(route for route in CONTENTS.routes if route.path == "/things")
    for path in ("/health", "/{any}"):
        gateway = Gateway([replace(things, path=path)], Handlers(CONTENTS.functions), KEY)
        response = asyncio.run(answer(gateway, {}, "GET", "/health"))
        assert response.json() == {"message": "Forbidden"}
