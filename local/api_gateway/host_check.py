"""Refuses web pages whose host name leads to this machine (DNS rebinding).

To the browser, such a page and the API are of one origin, so it could send the API key, which is
public by default. An API that listens on loopback only is called by the names of this machine.
"""

import time
import uuid

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from local.api_gateway.error_responses import GatewayError
from local.http import access_log
from local.iam import web_pages

MESSAGE = (
    "Misdirected Request: Host must be localhost or 127.0.0.1, unless the API is started with "
    "--host"
)


class HostCheck:
    """An application that is called by the names of this machine only; others get a 421."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or _is_expected(Request(scope).headers.get("host")):
            await self._application(scope, receive, send)
            return
        request_id = str(uuid.uuid4())
        access_log.request_without_function(request_id, 421, time.monotonic(), MESSAGE)
        await GatewayError(421, MESSAGE).response(request_id)(scope, receive, send)


def _is_expected(host: str | None) -> bool:
    """Browsers always send Host; other clients may leave it out in HTTP/1.0."""
    return host is None or web_pages.is_local(host)
