"""The answer to a request that no application sees: malformed, too large or too slow."""

import json
from http import HTTPStatus

from local.http.strict_h11 import Refusal


def response(refusal: Refusal, request_id: str, *, with_body: bool = True) -> bytes:
    """The bytes of the response, after which the connection closes."""
    body = json.dumps({"message": refusal.message}).encode()
    head = (
        f"HTTP/1.1 {refusal.status} {HTTPStatus(refusal.status).phrase}\r\n"
        f"content-type: application/json\r\n"
        f"content-length: {len(body)}\r\n"
        f"x-request-id: {request_id}\r\n"
        f"connection: close\r\n\r\n"
    )
    return head.encode() + (body if with_body else b"")
