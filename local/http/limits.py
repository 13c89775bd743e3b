"""How much and how long a client may send, and how long it may take to read."""

from dataclasses import dataclass

READ_AHEAD_BYTES = 16 * 1024
"""At most this much of an incomplete head is kept. It is above `head_bytes`, which is exact."""


@dataclass(frozen=True)
class Limits:
    """The limits of one connection. Those of time are totals, so that trickling does not help.

    AWS's are in "Quotas for configuring and running a REST API in API Gateway".
    """

    url_bytes: int = 8192
    """AWS: length of the URL for an edge-optimized API."""
    head_bytes: int = 10_240
    """AWS: total combined size of request line and header values."""
    headers: int = 100
    """AWS names no number; this is Apache's LimitRequestFields."""
    chunks: int = 20_000
    """Chunks of one body: 10 MB in chunks of 512 bytes. Smaller ones cost more than they carry."""
    idle_seconds: float = 75
    """Between two requests, and before the first."""
    head_seconds: float = 10
    """From the first byte of a request to the end of its headers."""
    body_seconds: float = 30
    """From the end of the headers to the end of the body."""
    unread_seconds: float = 30
    """From the first byte of a response that the client does not take to the last."""
    linger_seconds: float = 2
    """How long a connection that will be closed still takes what the client is sending.

    A close before that resets the connection, and the client may lose the answer.
    """
    grace_seconds: float = 0.25
    """How long a connection must have been idle to be closed when there is no room for others."""
