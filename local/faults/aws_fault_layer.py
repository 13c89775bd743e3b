"""A WSGI layer before moto that makes AWS's services fail as planned.

PUT /faults/{Operation} replaces the operation's faults, POST adds some, DELETE clears them;
DELETE /faults clears all, GET /faults tells which are still to come.
"""

import json
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from local.faults.aws_faults import FAULTS, Error, ServiceFaultPlan, Slow
from local.faults.aws_requests import AwsRequest, status_line
from local.faults.plan import dumped

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Faulty:
    """The application, with faults."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._plan: ServiceFaultPlan = ServiceFaultPlan()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Plan faults, or pass the request on to its fault."""
        request = AwsRequest.read(environ)
        if request.path == "/faults" or request.path.startswith("/faults/"):
            return self._change(request, start)
        path = f"{request.path}?{request.query}"
        fault = self._plan.take(
            request.operation, lambda this: this.is_meant_for(path, request.body)
        )
        match fault:
            case None:
                return self._application(environ, start)
            case Slow():
                return self._slow(fault, environ, start)
            case Error():
                return self._fail(fault, request, environ, start)

    def _change(self, request: AwsRequest, start: "StartResponse") -> Iterable[bytes]:
        if request.method == "GET":
            start(status_line(200), [("Content-Type", "application/json")])
            return [json.dumps({"planned": dumped(self._plan)}).encode()]
        operation = request.path.removeprefix("/faults").strip("/")
        try:
            faults = [] if request.method == "DELETE" else FAULTS.validate_json(request.body)
        except ValidationError as error:
            start(status_line(400), [("Content-Type", "text/plain")])
            return [str(error).encode()]
        if not operation:
            self._plan.clear()
        elif request.method == "POST":
            self._plan.add(operation, faults)
        else:
            self._plan.put(operation, faults)
        start(status_line(204), [])
        return []

    def _slow(
        self, fault: Slow, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        if fault.when == "before":
            time.sleep(fault.seconds)
        answer = list(self._application(environ, start))
        if fault.when == "after":
            time.sleep(fault.seconds)
        return answer

    def _fail(
        self,
        fault: Error,
        request: AwsRequest,
        environ: "WSGIEnvironment",
        start: "StartResponse",
    ) -> Iterable[bytes]:
        if fault.when == "after":
            _do(self._application, environ)
        kind, body = request.refusal(fault.code)
        start(status_line(fault.status), [("Content-Type", kind)])
        return [body]


def _do(application: "WSGIApplication", environ: "WSGIEnvironment") -> None:
    """Run the operation to its end, for nobody."""

    def start(*_: object) -> object:
        return lambda _: None

    for _ in application(environ, start):  # type: ignore[arg-type]
        pass
