"""Tells a request of a web page that the developer's browser shows from those of programs.

Browsers name the page's origin in the header Origin of every request but simple GETs of another
origin, whose responses they keep from the page. A page whose own host name leads here (DNS
rebinding) counts as of the same origin, and is known by the header Host.
"""

import re

_LOCAL_HOST = re.compile(
    r"(?:([a-z0-9-]+\.)*localhost|127\.\d+\.\d+\.\d+|\[::1\]|host\.docker\.internal)(:\d+)?",
    re.IGNORECASE,
)
"""Names that no DNS server of an attacker can answer for. A container calls its host by the last
one; S3's clients put the bucket's name before `localhost`."""


def is_local(host: str) -> bool:
    """Whether the header Host names this machine, at whatever port."""
    return _LOCAL_HOST.fullmatch(host) is not None


def may_be_sender(host: str, origin: str | None) -> bool:
    """Whether a web page may have sent a request with these headers Host and Origin."""
    return origin is not None or not is_local(host)
