"""Rejects a wrong or missing API key with 403."""

import hashlib
import hmac

from starlette.requests import Request

from local.api_gateway.error_responses import GatewayError

HEADER = "x-api-key"


def check(request: Request, api_key: str) -> None:
    """Raises GatewayError (403) unless the request's key is exactly this one."""
    sent = request.headers.get(HEADER, "")
    if not hmac.compare_digest(sent.encode(), api_key.encode()):
        raise GatewayError(403, "Forbidden")


def key_id(api_key: str) -> str:
    """A stable id of the key, which functions may log. It gives away only a key that is guessed."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:10]
