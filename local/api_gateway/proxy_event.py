"""The event that a function gets for a request: Lambda proxy integration, payload format 1.0."""

import hashlib
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from deployment.cloudformation import ACCOUNT
from deployment.template import Route
from local.api_gateway import api_key
from local.api_gateway.bodies import for_event, is_binary
from local.api_gateway.routing import Match, raw_path

STAGE = "local"
API_ID = "local"


def proxy_event(
    request: Request, match: Match, body: bytes, request_id: str, binary_types: Iterable[str]
) -> dict[str, Any]:
    """The event that API Gateway makes of a request."""
    headers = _headers(request)
    query = _query(request)
    binary = is_binary(headers.get("content-type", [""])[-1], binary_types)
    return {
        "resource": match.route.path,
        "path": raw_path(request),
        "httpMethod": request.method,
        "headers": _last_values(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last_values(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": match.parameters or None,
        "stageVariables": None,
        "requestContext": _context(request, match.route, request_id),
        "body": for_event(body, binary=binary),
        "isBase64Encoded": binary and bool(body),
    }


def _headers(request: Request) -> dict[str, list[str]]:
    raw = request.headers.raw
    return _grouped((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)


def _query(request: Request) -> dict[str, list[str]]:
    raw = request.scope["query_string"].decode("latin-1")
    return _grouped(parse_qsl(raw, keep_blank_values=True))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _last_values(values: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: several[-1] for name, several in values.items()}


def _context(request: Request, route: Route, request_id: str) -> dict[str, Any]:
    now = time.time()
    return {
        "accountId": ACCOUNT,
        "apiId": API_ID,
        "stage": STAGE,
        "protocol": f"HTTP/{request.scope['http_version']}",
        "requestId": request_id,
        "extendedRequestId": request_id,
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now * 1000),
        "resourceId": hashlib.sha256(route.path.encode()).hexdigest()[:6],
        "resourcePath": route.path,
        "httpMethod": request.method,
        "path": raw_path(request),  # as under a custom domain: no stage is part of the URL here
        "domainName": request.headers.get("host", ""),
        "identity": _identity(request),
    }


def _identity(request: Request) -> dict[str, Any]:
    return _key(request) | {
        "sourceIp": request.client.host if request.client else None,
        "userAgent": request.headers.get("user-agent"),
    }


def _key(request: Request) -> dict[str, str]:
    """The API key; a route that needs none may be called without one."""
    key = request.headers.get(api_key.HEADER)
    return {"apiKey": key, "apiKeyId": api_key.key_id(key)} if key else {}
