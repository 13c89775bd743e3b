"""Reads requests with h11; refuses what two readers could understand differently.

h11 already refuses most malformed requests. The rules here are for what it tolerates, as RFC 9112
permits: whoever puts a proxy in front must not get two requests where the proxy saw one.
"""

import re
from http import HTTPStatus
from typing import NamedTuple

import h11

from local.http.limits import READ_AHEAD_BYTES, Limits

AMBIGUOUS = (
    (rb"(?<!\r)\n", "A line of the request does not end with CRLF"),
    (rb"\n[ \t]", "A header is folded over several lines"),
    (rb"\A[^\r\n]* HTTP/(?!1\.[01]\r)", "HTTP version is neither 1.0 nor 1.1"),
    (rb"(?i)\ncontent-length:[^\r\n]*,", "Content-Length has several values"),
    (rb"(?i)\A[^\r\n]* HTTP/1\.0\r(?s:.*)\ntransfer-encoding:", "HTTP/1.0 has no chunks"),
)
"""What is refused in the head of a request: a pattern, and the sentence for the client.

Each pattern is searched in a time that grows with the head's length, and not with its square.
"""
_AMBIGUOUS = [(re.compile(pattern), message) for pattern, message in AMBIGUOUS]
_FRAMING = re.compile(rb"\n(content-length|transfer-encoding):")


class Refusal(NamedTuple):
    """Why a request is refused: an HTTP status, and a sentence for the client."""

    status: int
    message: str


NOT_HTTP = Refusal(400, "Request is not valid HTTP/1.1")


class StrictConnection(h11.Connection):
    """A server's side of a connection.

    `next_event` raises h11.RemoteProtocolError for a refused request; `refusal` then says why.
    `is_head` says whether the last request that was read is a HEAD.
    """

    def __init__(self, limits: Limits) -> None:
        super().__init__(h11.SERVER, READ_AHEAD_BYTES)
        self._limits = limits
        self._chunks, self._head = 0, b""
        self.is_head = False
        self.refusal: Refusal | None = None

    @property
    def has_begun(self) -> bool:
        """Whether a part of the next request's head is there."""
        return self.their_state is h11.IDLE and bool(self.trailing_data[0])

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        """The next event. Raises h11.RemoteProtocolError."""
        head = self.trailing_data[0] if self.their_state is h11.IDLE else b""
        event = None if self.refusal else self._next_valid()
        if head and (event is None or isinstance(event, h11.Request)):  # once, when it is complete
            self.refusal = ambiguity(head) or self.refusal
        if isinstance(event, h11.Request):
            self._chunks, self.is_head = 0, event.method == b"HEAD"
            self.refusal = self.refusal or excess(event, self._limits)
        elif isinstance(event, h11.Data):
            self._count(event)
        if self.refusal or event is None:
            raise h11.RemoteProtocolError(NOT_HTTP.message)
        return event

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]  # no overloads
        """The bytes to send; those of a response's head come with the first of its body.

        A system call for each, which wakes the client, costs more than all of h11.
        """
        data = super().send(event)
        if isinstance(event, h11.Response):
            self._head = data or b""
            return b""
        head, self._head = self._head, b""
        return head + data if data is not None else None

    def _next_valid(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED] | None:
        try:
            return super().next_event()
        except h11.RemoteProtocolError as error:
            too_long = error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
            self.refusal = too_many_header_bytes(self._limits) if too_long else NOT_HTTP
            return None

    def _count(self, data: h11.Data) -> None:
        self._chunks += data.chunk_start
        if self._chunks > self._limits.chunks:
            self.refusal = Refusal(413, f"Request body has more than {self._limits.chunks} chunks")


def ambiguity(received: bytes) -> Refusal | None:
    """Why the head of a request is refused; None: it is not."""
    head = received.partition(b"\r\n\r\n")[0] + b"\r\n"
    for pattern, message in _AMBIGUOUS:
        if pattern.search(head):
            return Refusal(400, message)
    framing = _FRAMING.findall(head.lower())
    if framing.count(b"content-length") > 1:
        return Refusal(400, "Content-Length has several values")
    if len(set(framing)) > 1:
        return Refusal(400, "Request has both Content-Length and Transfer-Encoding")
    return None


def excess(request: h11.Request, limits: Limits) -> Refusal | None:
    """Which limit the request's head exceeds; None: it is within all of them."""
    if len(request.target) > limits.url_bytes:
        return Refusal(414, f"Request URL is longer than {limits.url_bytes} bytes")
    if len(request.headers) > limits.headers:
        return Refusal(431, f"Request has more than {limits.headers} headers")
    line = len(request.method) + len(request.target) + len(" HTTP/1.1 ")
    if line + sum(len(value) for _, value in request.headers) > limits.head_bytes:
        return too_many_header_bytes(limits)
    return None


def too_many_header_bytes(limits: Limits) -> Refusal:
    """The refusal of a head that is too long."""
    return Refusal(431, f"Request line and header values are longer than {limits.head_bytes} bytes")
