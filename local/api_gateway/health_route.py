"""Answers `GET /health` in front of the gateway. API Gateway has nothing like it.

The answer needs no key: it has neither secrets nor addresses. A route of template.yaml with this
path comes first.
"""

import json
import uuid
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.api_gateway.gateway import Gateway

PATH = "/health"
RETRY_SECONDS = 1


class HealthRoute:
    """The gateway with one more route. `missing` maps components to what they lack, in words."""

    def __init__(self, gateway: Gateway, missing: Callable[[], dict[str, str]]) -> None:
        self._gateway, self._missing = gateway, missing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if _asks_for_health(scope) and not self._gateway.has_route(Request(scope)):
            await self._response()(scope, receive, send)
        else:
            await self._gateway(scope, receive, send)

    def _response(self) -> Response:
        missing = self._missing()
        body = {"status": "not ready", "missing": missing} if missing else {"status": "ready"}
        headers = {"x-request-id": str(uuid.uuid4()), "cache-control": "no-store"}
        if missing:
            headers["retry-after"] = str(RETRY_SECONDS)
        status = 503 if missing else 200
        return Response(json.dumps(body), status, headers, "application/json")


def _asks_for_health(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "GET" and scope["path"] == PATH)
