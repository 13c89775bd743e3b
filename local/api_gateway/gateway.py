"""The ASGI application: finds the route, checks the API key, invokes the function."""

import asyncio
import json
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Protocol

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deployment.template import Route
from local.api_gateway import api_key, routing
from local.api_gateway.error_responses import NO_HEADERS, GatewayError, literal_headers
from local.api_gateway.proxy_event import proxy_event
from local.api_gateway.proxy_response import proxy_response
from local.faults.invoke_errors import InvokeRefused
from local.http import access_log
from local.lambda_functions.concurrency_limit import Throttled
from local.lambda_functions.invocation_result import EVENT_BYTES, InvocationResult

BODY_BYTES = 10 * 2**20
INTEGRATION_SECONDS = 29.0
SLOT_SECONDS = 10.0
"""A request waits at most this long for a slot, so that 19 of its 29 seconds are left to run."""
_log = logging.getLogger(__name__)


class Invoker(Protocol):
    """What invokes functions for the gateway: a Runtime."""

    async def invoke(
        self,
        name: str,
        event: object,
        request_id: str = "",
        slot_timeout: float | None = None,
    ) -> InvocationResult:
        """Invoke a function by its name. Raises Throttled, InvokeRefused."""


class Gateway:
    """Serves the routes as API Gateway does."""

    def __init__(
        self,
        routes: Sequence[Route],
        runtime: Invoker,
        key: str,
        binary_types: Sequence[str] = (),
        error_headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        self._runtime, self._key = runtime, key
        self.deploy(routes, binary_types, error_headers)
        self._running: set[asyncio.Task[InvocationResult]] = set()

    def deploy(
        self,
        routes: Sequence[Route],
        binary_types: Sequence[str],
        error_headers: Mapping[str, str],
    ) -> None:
        """Serve these routes from now on."""
        self._error_headers = literal_headers(error_headers)
        self._routes, self._binary_types = routing.in_order(routes), binary_types

    def has_route(self, request: Request) -> bool:
        """Whether a route of the template matches the request."""
        return routing.find(request, self._routes) is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request, request_id, began = Request(scope, receive), str(uuid.uuid4()), time.monotonic()
        try:
            response = await self._respond(request, request_id)
        except ClientDisconnect:
            return
        except GatewayError as error:
            response = self._error_response(error, request, request_id, began)
        except Exception:  # noqa: BLE001  # a bug must not be a response without a request id
            _log.exception("%s: the gateway failed", request_id)
            failed = GatewayError(500, "Internal server error")
            response = self._error_response(failed, request, request_id, began)
        await response(scope, receive, send)

    def _error_response(
        self, error: GatewayError, request: Request, request_id: str, began: float
    ) -> Response:
        """The response of the gateway itself, which is logged: no function has done that."""
        match = routing.find(request, self._routes)
        key = request.headers.get(api_key.HEADER)
        access_log.request_without_function(
            request_id,
            error.status,
            began,
            str(error),
            route=match and f"{match.route.method} {match.route.path}",
            order_id=match and match.parameters.get("order_id"),
            key_id=key and api_key.key_id(key),
        )
        return error.response(request_id, self._error_headers)

    async def _respond(self, request: Request, request_id: str) -> Response:
        match = routing.match(request, self._routes)
        if match.route.needs_key:
            api_key.check(request, self._key)
        body = await _body(request)
        event = proxy_event(request, match, body, request_id, self._binary_types)
        _check_size(event)
        result = await self._invoke(match.route.function, event)
        return self._response(result, request, request_id)

    async def _invoke(self, function: str, event: dict[str, object]) -> InvocationResult:
        """The function's result. A function that exceeds the limit still runs to its end."""
        invocation = self._runtime.invoke(function, event, slot_timeout=SLOT_SECONDS)
        running = asyncio.create_task(invocation)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({running}, timeout=INTEGRATION_SECONDS)
        if not done:
            raise GatewayError(504, "Endpoint request timed out")
        try:
            return running.result()
        except Throttled as throttled:
            raise GatewayError(429, "Too Many Requests") from throttled
        except InvokeRefused as refused:  # AWS: "If the Lambda API rejects the invocation ... 500"
            raise GatewayError(500, "Internal server error") from refused

    def _response(self, result: InvocationResult, request: Request, request_id: str) -> Response:
        """The HTTP response. An error of the function is logged, and its caller sees only a 502."""
        if result.failed:
            _log.warning("%s: function failed: %.300s", request_id, result.payload.decode())
            raise GatewayError(502, "Internal server error")
        try:
            return proxy_response(result.payload, request, self._binary_types)
        except ValueError as error:
            _log.warning("%s: malformed proxy response: %s", request_id, error)
            raise GatewayError(502, "Internal server error") from error


async def _body(request: Request) -> bytes:
    """The body. One that says that it is too long is not read."""
    body = bytearray()
    if int(request.headers.get("content-length", 0)) > BODY_BYTES:
        raise GatewayError(413, "Request Too Long")
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise GatewayError(413, "Request Too Long")
    return bytes(body)


def _check_size(event: dict[str, object]) -> None:
    """Raises GatewayError (413) for an event that Lambda would refuse, although the body may pass.

    On AWS, too, both limits have the same answer.
    """
    if len(json.dumps(event, ensure_ascii=False).encode()) > EVENT_BYTES:
        raise GatewayError(413, "Request Too Long")
