"""WSGI middleware in front of moto: refuses requests over quota, whoever sends them."""

import time
from collections.abc import Callable, Iterable
from threading import Lock
from typing import TYPE_CHECKING

from local.aws_requests import AwsRequest
from local.aws_responses import respond
from local.unkind.quotas import QUOTAS
from local.unkind.token_bucket import TokenBucket

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Throttling:
    """An application with AWS's quotas, each multiplied by `scale`."""

    def __init__(
        self,
        application: "WSGIApplication",
        scale: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._application, self._scale, self._clock = application, scale, clock
        self._buckets: dict[tuple[str, str], TokenBucket] = {}
        self._lock = Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request, or answer that it is over quota."""
        request = AwsRequest.read(environ)
        if self._is_allowed(request):
            return self._application(environ, start)
        return respond(start, *_refusal(request))

    def _is_allowed(self, request: AwsRequest) -> bool:
        if request.operation not in QUOTAS:
            return True
        with self._lock:
            return self._bucket(request).take()

    def _bucket(self, request: AwsRequest) -> TokenBucket:
        """The bucket of the operation; in S3, one for each prefix."""
        prefix = "" if request.target else request.path.rpartition("/")[0]
        key = (request.operation, prefix)
        if key not in self._buckets:
            quota = QUOTAS[request.operation].scaled(self._scale)
            self._buckets[key] = TokenBucket(quota, self._clock)
        return self._buckets[key]


def _refusal(request: AwsRequest) -> tuple[int, str, bytes]:
    """Status, media type and body of AWS's error; botocore retries both errors as throttled."""
    if request.target:
        return 400, *request.error("ThrottlingException", "Rate exceeded")
    return 503, *request.error("SlowDown", "Please reduce your request rate.")
