"""Refuses web pages whose host name leads to this machine (DNS rebinding).

To the browser, such a page and the API are of one origin, so it could send the API key, which is
public by default. An API that listens on loopback only is called by the names of this machine.
"""

from starlette.requests import Request

from local.api_gateway.error_responses import GatewayError
from local.iam import web_pages


def check(request: Request) -> None:
    """Raises GatewayError (421) unless the header Host names this machine."""
    if not web_pages.is_local(request.headers.get("host", "")):
        raise GatewayError(
            421,
            "Misdirected Request: Host must be localhost or 127.0.0.1, unless the API is started "
            "with --host",
        )
