"""Serialises StartExecution, because moto has a race condition there.

moto checks whether an execution of that name exists, and only later creates it: two requests at
once could both start it.
"""

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TARGET = "AWSStepFunctions.StartExecution"


class SerialStartExecution:
    """WSGI middleware that performs one StartExecution at a time, and anything else at once."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request."""
        if environ.get("HTTP_X_AMZ_TARGET") != TARGET:
            return self._application(environ, start)
        with self._lock:
            return self._application(environ, start)
