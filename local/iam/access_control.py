"""WSGI middleware in front of moto: refuses what the caller's role does not allow."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from local.aws_requests import AwsRequest
from local.aws_responses import perform, respond
from local.iam.callers import ADMINISTRATOR, Callers
from local.iam.permissions import listing_of_bucket, permission

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AccessControl:
    """An application that only performs what the caller's role allows."""

    def __init__(self, application: "WSGIApplication", callers: Callers) -> None:
        self._application, self._callers = application, callers

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request, or refuse it in the words of its service."""
        request = AwsRequest.read(environ)
        if request.access_key == ADMINISTRATOR:
            return self._application(environ, start)
        if refusal := self._refusal(request):
            return _refuse(request, refusal, start)
        if request.operation in ("GetObject", "HeadObject"):
            return self._without_telling_what_is_missing(request, environ, start)
        return self._application(environ, start)

    def _refusal(self, request: AwsRequest) -> str | None:
        needed = permission(request)
        if needed is None:
            what = request.operation or f"{request.method} {request.path}"
            return f"local/iam/permissions.py does not know which permission {what} needs"
        return self._callers.refusal(request.access_key, *needed)

    def _without_telling_what_is_missing(
        self, request: AwsRequest, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        """S3 answers 403, not 404, for a missing key if the caller may not list the bucket."""
        response = perform(self._application, environ)
        listing = listing_of_bucket(request)
        if response.status.startswith("404") and not self._callers.may(
            request.access_key, *listing
        ):
            refusal = self._callers.refusal(request.access_key, *listing) or ""
            return _refuse(request, refusal, start)
        return response.send(start)


def _refuse(request: AwsRequest, why: str, start: "StartResponse") -> Iterable[bytes]:
    """Step Functions and Secrets Manager answer 400, S3 403."""
    status, code = (400, "AccessDeniedException") if request.target else (403, "AccessDenied")
    return respond(start, status, *request.error(code, why))
