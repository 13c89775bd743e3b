"""The path of a request whose target is a whole URL (absolute-form, RFC 9112, 3.2.2)."""

import re

from starlette.types import Scope

ORIGIN = re.compile(rb"(?i)\Ahttps?://[^/]*")


def in_origin_form(scope: Scope) -> Scope:
    """The scope with the path of its URL. A server must accept both forms; proxies' clients send
    the whole URL.
    """
    origin = ORIGIN.match(scope["raw_path"])
    if not origin:
        return scope
    path = scope["raw_path"][origin.end() :] or b"/"
    return {**scope, "raw_path": path, "path": ORIGIN.sub(b"", scope["path"].encode()).decode()}
