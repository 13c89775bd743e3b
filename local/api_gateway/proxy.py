"""REST API Gateway's Lambda proxy integration, payload format 1.0."""

import base64
import hashlib
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import parse_qsl

from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from deployment.cloudformation import ACCOUNT
from deployment.template import Route

STAGE = "local"
API_ID = "local"
CONNECTION_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding"}
HeaderName = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*$")]
Scalar = HeaderValue | bool | int | float


class ProxyAnswer(BaseModel):
    """What a handler must give back; anything else is a 502."""

    statusCode: Annotated[int, Field(ge=200, le=599)]  # noqa: N815  # AWS's names
    headers: dict[HeaderName, Scalar] | None = None
    multiValueHeaders: dict[HeaderName, list[Scalar]] | None = None  # noqa: N815
    body: str | None = None
    isBase64Encoded: bool = False  # noqa: N815


def key_id(api_key: str) -> str:
    """A stable name for a key that does not give it away."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:10]


def event(  # noqa: PLR0913, PLR0917  # all that a proxy event is made of
    request: Request,
    route: Route,
    parameters: Mapping[str, str],
    body: bytes,
    request_id: str,
    binary_types: Iterable[str],
) -> dict[str, Any]:
    """The event that API Gateway makes of a request."""
    headers = _multi(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw
    )
    query = _multi(
        parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    )
    binary = is_binary(headers.get("content-type", [""])[-1], binary_types)
    return {
        "resource": route.path,
        "path": raw_path(request),
        "httpMethod": request.method,
        "headers": _last(headers),
        "multiValueHeaders": headers,
        "queryStringParameters": _last(query) or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": dict(parameters) or None,
        "stageVariables": None,
        "requestContext": _context(request, route, request_id),
        "body": _text(body, binary=binary),
        "isBase64Encoded": binary and bool(body),
    }


def response(answer: ProxyAnswer, request: Request, binary_types: Iterable[str]) -> Response:
    """The HTTP answer that API Gateway makes of a handler's. Raises ValueError."""
    headers = {name.lower(): [value] for name, value in (answer.headers or {}).items()}
    headers |= {name.lower(): values for name, values in (answer.multiValueHeaders or {}).items()}
    made = Response(_bytes(answer, request, binary_types), answer.statusCode)
    pairs = [(name, value) for name, values in headers.items() for value in values]
    made.raw_headers += [
        (name.encode("latin-1"), _header(value).encode("latin-1", "replace"))
        for name, value in pairs
        if name not in CONNECTION_HEADERS
    ]
    if "content-type" not in headers:
        made.headers["content-type"] = "application/json"
    return made


def raw_path(request: Request) -> str:
    """The path as it was sent, still percent-encoded."""
    return str(request.scope["raw_path"].decode("latin-1"))


def is_binary(media_type: str, binary_types: Iterable[str]) -> bool:
    """Whether the API treats this media type as binary."""
    return bool({media_type.partition(";")[0].strip().lower(), "*/*"} & set(binary_types))


def _bytes(answer: ProxyAnswer, request: Request, binary_types: Iterable[str]) -> bytes:
    """Base64 is undone only when the caller accepts a binary type, as on AWS."""
    body = answer.body or ""
    if answer.isBase64Encoded and is_binary(request.headers.get("accept", ""), binary_types):
        return base64.b64decode(body, validate=True)
    return body.encode("utf-8", "replace")


def _header(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(body: bytes, *, binary: bool) -> str | None:
    if not body:
        return None
    return base64.b64encode(body).decode() if binary else body.decode("utf-8", "replace")


def _multi(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return values


def _last(values: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: several[-1] for name, several in values.items()}


def _context(request: Request, route: Route, request_id: str) -> dict[str, Any]:
    now = time.time()
    key = request.headers.get("x-api-key", "")
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
        "path": f"/{STAGE}{raw_path(request)}",
        "domainName": request.headers.get("host", ""),
        "identity": {
            "apiKey": key,
            "apiKeyId": key_id(key),
            "sourceIp": request.client.host if request.client else None,
            "userAgent": request.headers.get("user-agent"),
        },
    }
