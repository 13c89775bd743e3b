"""The HTTP response that API Gateway makes from a function's result."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from starlette.requests import Request
from starlette.responses import Response

from local.api_gateway.bodies import for_response, is_binary

CONNECTION_HEADERS = {"connection", "content-length", "keep-alive", "transfer-encoding"}
"""The server sets these; a function's own are left out."""
HeaderName = Annotated[str, StringConstraints(pattern=r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x08\x0a-\x1f\x7f]*$")]
Scalar = HeaderValue | bool | int | float


class ProxyResult(BaseModel):
    """What a function behind a route must return; anything else becomes a 502."""

    statusCode: Annotated[int, Field(ge=200, le=599)]  # noqa: N815  # AWS's names
    headers: dict[HeaderName, Scalar] | None = None
    multiValueHeaders: dict[HeaderName, list[Scalar]] | None = None  # noqa: N815
    body: str | None = None
    isBase64Encoded: bool = False  # noqa: N815


def proxy_response(payload: bytes, request: Request, binary_types: Iterable[str]) -> Response:
    """The HTTP response to the request. Raises ValueError when the function's result is wrong."""
    result = ProxyResult.model_validate_json(payload)
    response = Response(_body(result, request, binary_types), result.statusCode)
    headers = _headers(result)
    response.raw_headers += [
        (name.encode("latin-1"), _header_value(value).encode("latin-1", "replace"))
        for name, values in headers.items()
        for value in values
        if name not in CONNECTION_HEADERS
    ]
    if "content-type" not in headers:
        response.headers["content-type"] = "application/json"
    return response


def _headers(result: ProxyResult) -> dict[str, list[Scalar]]:
    """Both kinds of headers. A multi-value header replaces a single one of the same name."""
    single = {name.lower(): [value] for name, value in (result.headers or {}).items()}
    multiple = {name.lower(): values for name, values in (result.multiValueHeaders or {}).items()}
    return single | multiple


def _body(result: ProxyResult, request: Request, binary_types: Iterable[str]) -> bytes:
    """The body; base64 is decoded only if the caller accepts a binary type, as on AWS."""
    accepted = is_binary(request.headers.get("accept", ""), binary_types)
    return for_response(result.body or "", binary=result.isBase64Encoded and accepted)


def _header_value(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
