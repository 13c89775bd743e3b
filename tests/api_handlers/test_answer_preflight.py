"""CORS, in one process: what a browser gets from the functions, and from the gateway itself."""

import json
from collections import defaultdict
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from deployment import template
from deployment.template import Route
from local.api_gateway.gateway import Gateway
from local.lambda_functions.invocation_result import InvocationResult
from orders import cors
from orders.settings import allowed_origins
from tests.running.builders import Document
from tests.running.in_process import API_KEY, CONTEXT, InProcess

ORIGINS = "https://shop.example,http://localhost:3000"
KNOWN = dict.fromkeys(("DbHost", "DbName", "DbUser", "DbPassword", "OrderBackupBucket"), "any")
OFF = template.read(values=KNOWN)
ON = template.read(values=KNOWN | {"AllowedOrigins": ORIGINS})
OTHERS = [
    *("http://shop.example", "https://shop.example:8443", "https://shop.example.evil.example"),
    *("https://SHOP.example", "https://shop.example/", ORIGINS, "null", "*", ""),
]


class _Runtime:
    async def invoke(self, function: str, event: Document, **_: object) -> InvocationResult:
        module, name = ON.functions[function].handler.rsplit(".", 1)
        made = getattr(import_module(module), name)(event, CONTEXT)
        return InvocationResult(json.dumps(made).encode())


@pytest.fixture
def browser(functions: InProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[httpx.Client]:
    """The API for pages of two origins."""
    monkeypatch.setenv("ALLOWED_ORIGINS", ORIGINS)
    allowed_origins.cache_clear()
    headers, binary = ON.error_headers, ON.binary_types
    yield TestClient(Gateway(ON.routes, _Runtime(), API_KEY, binary, headers))  # type: ignore[arg-type]
    monkeypatch.undo()
    allowed_origins.cache_clear()


def preflight(browser: httpx.Client, path: str, origin: str) -> httpx.Response:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    return browser.options(path, headers={"Origin": origin} | asked)


@pytest.mark.parametrize("origin", ORIGINS.split(","))
@pytest.mark.parametrize(
    ("path", "methods"),
    [("/orders", "GET, POST"), ("/orders/x", "DELETE, GET, PUT"), ("/status/x", "GET")],
)
def test_a_preflight_needs_no_key(
    browser: httpx.Client, origin: str, path: str, methods: str
) -> None:
    answer = preflight(browser, path, origin)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-methods"] == methods
    allowed = answer.headers["access-control-allow-headers"]
    assert allowed == "content-type, idempotency-key, x-api-key"
    assert answer.headers["access-control-max-age"] == "7200"
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize("origin", OTHERS)
def test_an_origin_is_allowed_only_if_it_is_named_exactly(
    browser: httpx.Client, origin: str
) -> None:
    for answer in (
        preflight(browser, "/orders", origin),
        browser.get("/orders", headers={"Origin": origin, "x-api-key": API_KEY}),
    ):
        assert answer.status_code == 200
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["vary"] == "Origin"


def test_a_page_reads_errors_of_functions_and_their_headers(browser: httpx.Client) -> None:
    headers = {"Origin": "http://localhost:3000", "x-api-key": API_KEY}
    for answer, status in (
        (browser.post("/orders", headers=headers, content="{"), 400),
        (browser.get("/orders/nope", headers=headers), 404),
        (browser.get("/orders", headers=headers), 200),
    ):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
        exposed = answer.headers["access-control-expose-headers"]
        assert exposed == "location, retry-after, x-request-id"


def test_a_page_reads_errors_of_the_gateway_itself(browser: httpx.Client) -> None:
    headers = {"Origin": "http://localhost:3000"}
    for answer, status in (
        (browser.get("/orders", headers=headers), 403),
        (browser.get("/nothing", headers=headers), 403),
        (browser.options("/nothing", headers=headers), 403),
        (
            browser.post(
                "/orders", headers=headers | {"x-api-key": API_KEY}, content="x" * 5_000_000
            ),
            413,
        ),
    ):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["access-control-expose-headers"] == "x-request-id"


def test_without_origins_nothing_says_cors(functions: InProcess) -> None:
    headers = {"Origin": "https://shop.example"}
    refused = preflight(functions.api, "/orders", headers["Origin"])
    assert (refused.status_code, refused.json()["message"]) == (403, "Missing Authentication Token")
    for answer in (refused, functions.api.get("/orders", headers=headers)):
        assert not [name for name in answer.headers if name.startswith(("access-control", "vary"))]


def test_the_template_has_the_preflight_only_when_origins_are_named() -> None:
    assert [each for each in ON.routes if not each.needs_key] == [
        Route("OPTIONS", path, "AnswerPreflightFunction", needs_key=False) for path in cors.METHODS
    ]
    assert [each for each in ON.routes if each.needs_key] == OFF.routes
    assert ON.functions.keys() - OFF.functions.keys() == {"AnswerPreflightFunction"}
    assert ON.functions["CreateOrderFunction"].environment["ALLOWED_ORIGINS"] == ORIGINS


def test_the_methods_of_a_preflight_are_those_of_the_template() -> None:
    methods = defaultdict(set)
    for route in OFF.routes:
        methods[route.path].add(route.method)
    assert {path: ", ".join(sorted(each)) for path, each in methods.items()} == cors.METHODS


def test_all_errors_of_the_gateway_have_the_same_headers() -> None:
    document = template.load(Path(template.TEMPLATE))
    responses = document["Resources"]["OrderApi"]["Properties"]["GatewayResponses"]
    assert responses["DEFAULT_4XX"] == responses["DEFAULT_5XX"]
    assert OFF.error_headers == {"x-request-id": "context.requestId"}
