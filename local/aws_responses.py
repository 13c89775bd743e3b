"""Responses of moto, a WSGI application: kept from the caller, changed, or sent in its place."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AwsResponse(NamedTuple):
    """An application's whole response; `status` is as in `404 Not Found`."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def succeeded(self) -> bool:
        """Whether the operation was performed."""
        return self.status.startswith("2")

    def with_body(self, body: bytes) -> "AwsResponse":
        """The same response with another body."""
        others = [(n, value) for n, value in self.headers if n.lower() != "content-length"]
        return AwsResponse(self.status, [*others, ("Content-Length", str(len(body)))], body)

    def send(self, start: "StartResponse") -> Iterable[bytes]:
        """Send it to the caller."""
        start(self.status, self.headers)
        return [self.body]


def perform(application: "WSGIApplication", environ: "WSGIEnvironment") -> AwsResponse:
    """Let the application perform the request, and keep its response from the caller."""
    began: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], _: object = None) -> Any:  # noqa: ANN401
        began[:] = status, headers

    body = b"".join(application(environ, start))
    status, headers = began
    return AwsResponse(status, headers, body)


def respond(start: "StartResponse", status: int, media_type: str, body: bytes) -> Iterable[bytes]:
    """Answer the request with this, in the place of the service."""
    start(status_line(status), [("Content-Type", media_type)])
    return [body]


def status_line(status: int) -> str:
    """The status in the form of WSGI, such as `404 Not Found`."""
    known = status in {this.value for this in HTTPStatus}
    return f"{status} {HTTPStatus(status).phrase if known else 'Unknown'}"
