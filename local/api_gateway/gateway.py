"""A REST API Gateway front: routes, API key, limits, proxy integration."""

import asyncio
import hmac
import json
import logging
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from deployment.template import Route
from local.api_gateway import proxy
from local.lambda_functions.concurrency import Throttled
from local.lambda_functions.invocation_result import Answer
from local.lambda_functions.runtime import Runtime

BODY_BYTES = 10 * 2**20
INTEGRATION_SECONDS = 29.0
TURN_SECONDS = 10.0  # of the 29, so that 19 are left for the function itself
_log = logging.getLogger(__name__)


class Refused(Exception):
    """An answer that the gateway gives itself."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Match(NamedTuple):
    """A route and its path parameters: percent-encoded still, as a REST API hands them on."""

    route: Route
    parameters: dict[str, str]


class Gateway:
    """An ASGI application that calls functions as API Gateway does."""

    def __init__(
        self,
        routes: Sequence[Route],
        runtime: Runtime,
        api_key: str,
        binary_types: Sequence[str] = (),
    ) -> None:
        # A literal segment wins over a parameter.
        self._routes = sorted(routes, key=lambda route: route.path.count("{"))
        self._runtime, self._api_key, self._binary_types = runtime, api_key, binary_types
        self._running: set[asyncio.Task[Answer]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request_id = str(uuid.uuid4())
        try:
            response = await self._respond(Request(scope, receive), request_id)
        except Refused as refusal:
            response = _refusal(refusal, request_id)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request, request_id: str) -> Response:
        match = self._match(request)
        self._check_key(request)
        body = await _body(request)
        event = proxy.event(request, *match, body, request_id, self._binary_types)
        answer = await self._call(match.route.function, event)
        return self._map(answer, request, request_id)

    def _match(self, request: Request) -> Match:
        segments = proxy.raw_path(request).split("/")
        for route in self._routes:
            parameters = _parameters(route.path.split("/"), segments)
            if route.method in (request.method, "ANY") and parameters is not None:
                return Match(route, parameters)
        raise Refused(403, "Missing Authentication Token")

    def _check_key(self, request: Request) -> None:
        given = request.headers.get("x-api-key", "")
        if not hmac.compare_digest(given.encode(), self._api_key.encode()):
            raise Refused(403, "Forbidden")

    async def _call(self, function: str, event: dict[str, object]) -> Answer:
        """The function's answer; one that comes too late is still worked out, for nobody."""
        invoked = self._runtime.invoke(function, event, patience=TURN_SECONDS)
        running = asyncio.create_task(invoked)
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({running}, timeout=INTEGRATION_SECONDS)
        if not done:
            raise Refused(504, "Endpoint request timed out")
        try:
            return running.result()
        except Throttled as throttled:
            raise Refused(429, "Too Many Requests") from throttled

    def _map(self, answer: Answer, request: Request, request_id: str) -> Response:
        if answer.failed:
            _log.warning("%s: function failed: %.300s", request_id, answer.payload.decode())
            raise Refused(502, "Internal server error")
        try:
            made = proxy.ProxyAnswer.model_validate_json(answer.payload)
            return proxy.response(made, request, self._binary_types)
        except ValueError as error:
            _log.warning("%s: malformed proxy answer: %s", request_id, error)
            raise Refused(502, "Internal server error") from error


def _parameters(template: list[str], segments: list[str]) -> dict[str, str] | None:
    """The path's parameters, or None when it is another path. None may be empty."""
    if len(template) != len(segments):
        return None
    parameters = {}
    for name, segment in zip(template, segments, strict=True):
        if name.startswith("{") and segment:
            parameters[name.strip("{}")] = segment
        elif name != segment:
            return None
    return parameters


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
            raise Refused(413, "Request Too Long")
    return bytes(body)


def _refusal(refusal: Refused, request_id: str) -> Response:
    body = json.dumps({"message": str(refusal)})
    headers = {"x-request-id": request_id}
    return Response(body, refusal.status, headers, "application/json")
