"""A worker process: one function's execution environment, one event at a time.

It reads invocations from its socket and writes answers, one JSON document a
line; an answer's first byte says what it is (below). It ends with the socket.
"""

import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedRWPair
from pathlib import Path
from typing import Any

from deployment.template import Function
from local.faults import handler_faults
from local.processes.parent_death import die_with_parent

READY, RESULT, ERROR, INIT_ERROR = b"*", b"+", b"-", b"!"
Handler = Callable[[Any, "LambdaContext"], Any]


@dataclass(frozen=True)
class LambdaContext:
    """The second argument of a handler, with AWS's names."""

    function_name: str
    invoked_function_arn: str
    memory_limit_in_mb: int
    aws_request_id: str
    log_group_name: str
    log_stream_name: str
    deadline: float
    function_version: str = "$LATEST"
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the runtime kills this invocation, never below 0."""
        return max(0, int((self.deadline - time.time()) * 1000))


class HandlerMissing(Exception):
    """The module has no such handler."""


def serve(function: Function, log: Path, channel: socket.socket) -> None:
    """Answer invocations of one function until the channel closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    _become(function, log)
    with channel.makefile("rwb") as stream:
        handler = _init(function, stream)
        while handler and (line := stream.readline()):
            _write(stream, *_answer(handler, function, json.loads(line)))


def _become(function: Function, log: Path) -> None:
    """Take on the function's environment and log; nothing of the user's own stays."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    keep = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    os.environ.clear()
    os.environ.update(keep | dict(function.environment))
    time.tzset()


def _init(function: Function, stream: BufferedRWPair) -> Handler | None:
    try:
        handler = _load(function.handler)
    except Exception as error:  # noqa: BLE001  # whatever the module raises is the answer
        traceback.print_exc()
        _write(stream, INIT_ERROR, _init_error(function.handler, error))
        return None
    _write(stream, READY, {})
    return handler


def _load(path: str) -> Handler:
    module_name, name = path.rsplit(".", 1)
    module = importlib.import_module(module_name.replace("/", "."))
    if not hasattr(module, name):
        message = f"Handler '{name}' missing on module '{module_name}'"
        raise HandlerMissing(message)
    handler: Handler = getattr(module, name)
    return handler


def _init_error(path: str, error: Exception) -> dict[str, Any]:
    """As Lambda's Python runtime names what goes wrong before the first event."""
    module = path.rsplit(".", 1)[0]
    named = {
        HandlerMissing: ("Runtime.HandlerNotFound", str(error)),
        SyntaxError: ("Runtime.UserCodeSyntaxError", f"Syntax error in module '{module}': {error}"),
        ImportError: ("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}"),
    }
    for kind, (name, message) in named.items():
        if isinstance(error, kind):
            return {"errorType": name, "errorMessage": message, "stackTrace": []}
    return _error(error)


def _error(error: BaseException, request_id: str = "") -> dict[str, Any]:
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": request_id,
        "stackTrace": traceback.format_tb(error.__traceback__)[1:],
    }


def _answer(handler: Handler, function: Function, call: dict[str, Any]) -> tuple[bytes, Any]:
    request_id = call["request_id"]
    try:
        with handler_faults.injecting(call["fault"]):
            result = handler(call["event"], _context(function, call))
    except Exception as error:  # noqa: BLE001  # whatever the handler raises is the answer
        print(f"[ERROR] RequestId: {request_id}", file=sys.stderr)  # noqa: T201  # its log
        traceback.print_exception(error)
        return ERROR, _error(error, request_id)
    return _marshalled(result, request_id)


def _marshalled(result: Any, request_id: str) -> tuple[bytes, Any]:  # noqa: ANN401
    try:
        json.dumps(result)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        return ERROR, _error(error, request_id) | {
            "errorType": "Runtime.MarshalError",
            "errorMessage": message,
        }
    return RESULT, result


def _context(function: Function, call: dict[str, Any]) -> LambdaContext:
    return LambdaContext(
        function_name=function.name,
        invoked_function_arn=function.arn,
        memory_limit_in_mb=function.memory,
        aws_request_id=call["request_id"],
        log_group_name=f"/aws/lambda/{function.name}",
        log_stream_name=f"local/{os.getpid()}",
        deadline=call["deadline"],
    )


def _write(stream: BufferedRWPair, kind: bytes, document: Any) -> None:  # noqa: ANN401
    stream.write(kind + json.dumps(document).encode() + b"\n")
    stream.flush()
