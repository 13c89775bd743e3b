"""Which bodies are binary, and travel to and from a function as base64."""

import base64
from collections.abc import Iterable


def is_binary(media_type: str, binary_types: Iterable[str]) -> bool:
    """Whether the API treats this media type as binary."""
    return bool({media_type.partition(";")[0].strip().lower(), "*/*"} & set(binary_types))


def for_event(body: bytes, *, binary: bool) -> str | None:
    """A request's body, as an event has it."""
    if not body:
        return None
    return base64.b64encode(body).decode() if binary else body.decode("utf-8", "replace")


def for_response(body: str, *, binary: bool) -> bytes:
    """A result's body, as the HTTP response has it. Raises ValueError if it is not base64."""
    return base64.b64decode(body, validate=True) if binary else body.encode("utf-8", "replace")
