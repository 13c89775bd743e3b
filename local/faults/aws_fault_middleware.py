"""WSGI middleware in front of moto: triggers faults of S3 and Step Functions, serves /faults.

PUT /faults/{Operation} replaces the operation's faults, POST adds to them, DELETE removes them;
DELETE /faults removes all faults, GET /faults returns those that are still to be triggered, and the
executions that are running. POST /faults/kill ends moto's process at once.
"""

import json
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pydantic import ValidationError

from local.aws_requests import AwsRequest
from local.aws_responses import perform, respond, status_line
from local.faults import broken_connections
from local.faults.aws_faults import FAULTS, AnyAwsFault, AwsFaultPlan, Cut, Error, Kill, Slow
from local.faults.fault_plan import as_json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class AwsFaultMiddleware:
    """An application with planned faults; `running` names the executions that are running."""

    def __init__(self, application: "WSGIApplication", running: Callable[[], list[str]]) -> None:
        self._application, self._running = application, running
        self._plan: AwsFaultPlan = AwsFaultPlan()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Serve /faults; perform any other request, with the fault that it triggers."""
        request = AwsRequest.read(environ)
        if request.path == "/faults" or request.path.startswith("/faults/"):
            return self._serve_plan(request, start)
        fault = self._triggered(request)
        if fault is None:
            return self._application(environ, start)
        if isinstance(fault, Slow):
            return self._slow(fault, environ, start)
        if fault.when == "after":
            perform(self._application, environ)
        return _lose(fault, request, environ, start)

    def _triggered(self, request: AwsRequest) -> AnyAwsFault | None:
        path = f"{request.path}?{request.query}"
        return self._plan.trigger(
            request.operation, lambda fault: fault.matches(path, request.body)
        )

    def _serve_plan(self, request: AwsRequest, start: "StartResponse") -> Iterable[bytes]:
        if (request.method, request.path) == ("POST", "/faults/kill"):
            broken_connections.kill_this_process()
        if request.method == "GET":
            report = {"planned": as_json(self._plan), "running": self._running()}
            return respond(start, 200, "application/json", json.dumps(report).encode())
        try:
            self._change_plan(request)
        except ValidationError as error:
            return respond(start, 400, "text/plain", str(error).encode())
        start(status_line(204), [])
        return []

    def _change_plan(self, request: AwsRequest) -> None:
        operation = request.path.removeprefix("/faults").strip("/")
        faults = [] if request.method == "DELETE" else FAULTS.validate_json(request.body)
        if not operation:
            self._plan.clear()
        elif request.method == "POST":
            self._plan.add(operation, faults)
        else:
            self._plan.replace(operation, faults)

    def _slow(
        self, fault: Slow, environ: "WSGIEnvironment", start: "StartResponse"
    ) -> Iterable[bytes]:
        if fault.when == "before":
            time.sleep(fault.seconds)
        response = list(self._application(environ, start))
        if fault.when == "after":
            time.sleep(fault.seconds)
        return response


def _lose(
    fault: Error | Cut | Kill,
    request: AwsRequest,
    environ: "WSGIEnvironment",
    start: "StartResponse",
) -> Iterable[bytes]:
    """Answer with the fault in place of the operation's response."""
    if isinstance(fault, Error):
        return respond(start, fault.status, *request.error(fault.code, "injected fault"))
    if isinstance(fault, Kill):
        broken_connections.kill_this_process()
    return broken_connections.cut(environ, start)
