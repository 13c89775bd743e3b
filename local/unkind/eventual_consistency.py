"""WSGI middleware in front of moto: shows executions late, as AWS does.

StartExecution and StopExecution know every execution at once, on AWS as well: "If you call
StartExecution with the same name and input as a running execution, the call succeeds" (API
reference of Step Functions).
"""

import json
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from local.aws_requests import AwsRequest
from local.aws_responses import perform, respond
from local.unkind.visibility import is_shown, shown

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Document = dict[str, Any]


class EventualConsistency:
    """An application whose executions are shown late; `clock` is in seconds since 1970."""

    def __init__(
        self, application: "WSGIApplication", clock: Callable[[], float] = time.time
    ) -> None:
        self._application, self._clock = application, clock

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Perform the request; what it reads may be a second old."""
        request = AwsRequest.read(environ)
        see = _READS.get(request.operation)
        if see is None:
            return self._application(environ, start)
        response = perform(self._application, environ)
        if not response.succeeded:
            return response.send(start)
        asked = json.loads(request.body)
        seen = see(asked, json.loads(response.body), self._clock())
        if seen is None:
            message = f"Execution Does Not Exist: '{asked['executionArn']}'"
            return respond(start, 400, *request.error("ExecutionDoesNotExist", message))
        return response.with_body(json.dumps(seen).encode()).send(start)


def _described(_: Document, execution: Document, now: float) -> Document | None:
    return shown(execution, now)


def _history(asked: Document, history: Document, now: float) -> Document | None:
    """The history as it is, or nothing while its execution is not shown."""
    started = min((event["timestamp"] for event in history["events"]), default=now)
    return history if is_shown(asked["executionArn"], started, now) else None


def _listed(asked: Document, answer: Document, now: float) -> Document:
    """The executions that are shown, if they are shown with the status that was asked for."""
    seen = (shown(execution, now) for execution in answer["executions"])
    wanted = asked.get("statusFilter")
    matching = [each for each in seen if each and wanted in (None, each["status"])]
    return answer | {"executions": matching}


_READS: dict[str, Callable[[Document, Document, float], Document | None]] = {
    "DescribeExecution": _described,
    "GetExecutionHistory": _history,
    "ListExecutions": _listed,
}
