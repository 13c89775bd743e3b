"""Reads and writes the JSON responses of Step Functions, for WSGI middleware."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class JsonResponse(NamedTuple):
    """An application's response; `document` is its parsed body."""

    status: str
    headers: list[tuple[str, str]]
    document: dict[str, Any]

    @property
    def succeeded(self) -> bool:
        """Whether the operation was performed."""
        return self.status.startswith("200")

    def send(self, start: "StartResponse") -> Iterable[bytes]:
        """Send the response, with a new Content-Length."""
        body = json.dumps(self.document).encode()
        others = [(n, value) for n, value in self.headers if n.lower() != "content-length"]
        start(self.status, [*others, ("Content-Length", str(len(body)))])
        return [body]


def perform(application: "WSGIApplication", environ: "WSGIEnvironment") -> JsonResponse:
    """Perform the request, and keep the response for the caller to change."""
    began: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:  # noqa: ANN401
        began[:] = status, headers

    body = b"".join(application(environ, start))
    status, headers = began
    return JsonResponse(status, headers, json.loads(body))
