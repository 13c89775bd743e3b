"""Cross-origin resource sharing: which pages may read the API's responses in a browser.

Off unless ALLOWED_ORIGINS names origins. An origin is allowed if it is named exactly; the response
repeats it, because a browser takes one origin only. API Gateway's own error responses cannot
compare, and say `*` (GatewayResponses in template.yaml).
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from orders.request_bodies import Event
from orders.settings import allowed_origins

METHODS = {
    "/orders": "GET, POST",
    "/orders/{order_id}": "DELETE, GET, PUT",
    "/status/{identifier}": "GET",
}
"""The methods of each path, for a preflight; tests/orders/test_cors.py reads template.yaml."""
REQUEST_HEADERS = "content-type, idempotency-key, x-api-key"
RESPONSE_HEADERS = "location, retry-after, x-request-id"
"""Those of our headers that a page may read, besides the ones that it always may."""
SECONDS = 7200
"""How long a browser keeps the answer to a preflight; 7200 is the most that Chrome takes."""


def for_browsers(handler: Callable[..., Event]) -> Callable[..., Event]:
    """Add CORS headers to the handler's responses, errors included."""

    @wraps(handler)
    def answer(event: Event, context: Any) -> Event:  # noqa: ANN401  # as Lambda passes it
        response = handler(event, context)
        return response | {"headers": response["headers"] | headers(event)}

    return answer


def headers(event: Event) -> dict[str, str]:
    """The CORS headers of the response: none when CORS is off."""
    if not allowed_origins():
        return {}
    origin = _origin(event)
    if origin not in allowed_origins():
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": RESPONSE_HEADERS,
        "Vary": "Origin",
    } | (_preflight(event["resource"]) if event["httpMethod"] == "OPTIONS" else {})


def _preflight(path: str) -> dict[str, str]:
    return {
        "Access-Control-Allow-Methods": METHODS[path],
        "Access-Control-Allow-Headers": REQUEST_HEADERS,
        "Access-Control-Max-Age": str(SECONDS),
    }


def _origin(event: Event) -> str:
    sent = event["headers"] or {}
    return next((value for name, value in sent.items() if name.lower() == "origin"), "")
