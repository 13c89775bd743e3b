"""WSGI middleware in front of moto: answers only callers that know the run's token, and no page."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from local.aws_requests import AwsRequest
from local.aws_responses import respond
from local.iam import session_token, web_pages

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADMINISTRATION = "/moto-api"
"""moto's dashboard, its reset and its recorder, which AWS does not have."""


class MotoGuard:
    """An application that only those may use who send the token."""

    def __init__(self, application: "WSGIApplication", token: str) -> None:
        self._application, self._token = application, token

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request, or refuse it in the words of its service."""
        if not self._is_known(environ) or environ["PATH_INFO"].startswith(ADMINISTRATION):
            return _refuse(AwsRequest.read(environ), start)
        return self._application(environ, start)

    def _is_known(self, environ: "WSGIEnvironment") -> bool:
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
        if web_pages.may_be_sender(host, origin):
            return False
        return session_token.matches(environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""), self._token)


def _refuse(request: AwsRequest, start: "StartResponse") -> Iterable[bytes]:
    code = "UnrecognizedClientException" if request.target else "InvalidAccessKeyId"
    return respond(start, 403, *request.error(code, session_token.MESSAGE))
