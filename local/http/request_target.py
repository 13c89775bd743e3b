"""The path of a request whose target is a whole URL (absolute-form, RFC 9112, 3.2.2)."""

import re
from urllib.parse import unquote

from starlette.types import Scope

ORIGIN = re.compile(rb"(?i)\Ahttps?://[^/]*")


def in_origin_form(scope: Scope) -> Scope:
    """The scope, whose path is that of the URL if the target is one."""
    origin = ORIGIN.match(scope["raw_path"])
    if not origin:
        return scope
    path = scope["raw_path"][origin.end() :] or b"/"
    return {**scope, "raw_path": path, "path": unquote(path.decode("ascii"))}
