"""The worker process itself: runs one function's handler, on one event after the other.

It reads invocations from a socket and writes results to it, one JSON document per line. The first
byte of a written line says what kind of message it is. The process ends when the socket closes.
"""

import json
import os
import signal
import socket
import time
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from io import BufferedRWPair
from pathlib import Path
from typing import Any, TypedDict

from deployment.template import Function
from local.faults import handler_faults
from local.faults.function_faults import HANDLER_FAULT
from local.lambda_functions import handler_import
from local.lambda_functions.handler_import import Handler, error_document
from local.lambda_functions.lambda_context import LambdaContext
from local.processes import output
from local.processes.parent_death import die_with_parent

READY, RESULT, ERROR, INIT_ERROR = b"*", b"+", b"-", b"!"
"""The kinds of messages: the handler is imported; it returned; it raised; it cannot be imported."""


class Invocation(TypedDict):
    """What the parent sends: the event, and until when the handler may run (seconds since 1970)."""

    event: Any
    request_id: str
    deadline: float
    fault: Any  # JSON of a HandlerFault, or None


def serve(function: Function, log: Path, channel: socket.socket) -> None:
    """Run invocations of one function until the channel closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    die_with_parent()
    _write_output_to(log)
    _replace_environment(function)
    handler_import.import_from(function.folder)
    with channel.makefile("rwb") as stream:
        handler = _init(function, stream)
        while handler and (line := stream.readline()):
            _write(stream, *_invoke(handler, function, json.loads(line)))


def _write_output_to(log: Path) -> None:
    logged = output.append_to(log)
    os.dup2(logged, output.STDOUT)
    os.dup2(logged, output.STDERR)
    output.make_standard_streams_lossy()


def _replace_environment(function: Function) -> None:
    """Set the function's environment variables. Of the user's own, only three are kept."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
    os.environ.clear()
    os.environ.update(kept | dict(function.environment))
    time.tzset()


def _init(function: Function, stream: BufferedRWPair) -> Handler | None:
    try:
        handler = handler_import.load(function.handler)
    except Exception as error:  # noqa: BLE001  # the module may raise anything
        traceback.print_exc()
        _write(stream, INIT_ERROR, handler_import.import_error(function.handler, error))
        return None
    _write(stream, READY, {})
    return handler


def _invoke(handler: Handler, function: Function, invocation: Invocation) -> tuple[bytes, Any]:
    request_id = invocation["request_id"]
    try:
        with handler_faults.injecting(HANDLER_FAULT.validate_python(invocation["fault"])):
            result = handler(invocation["event"], _context(function, invocation))
    except Exception as error:  # noqa: BLE001  # the handler may raise anything
        document = error_document(error, request_id)
        if not getattr(error, "is_logged", False):  # orders/logs.py has logged it, on one line
            _log(document)
        return ERROR, document
    return _checked(result, request_id)


def _log(document: dict[str, Any]) -> None:
    """Log an uncaught error as Lambda does with LogFormat JSON, a stack trace included.

    Lambda has no level or setting that leaves such lines out, and logs refusals so, too:
    https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/bootstrap.py
    """
    when = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"timestamp": when, "level": "ERROR"} | document
    with suppress(OSError):  # the disk may be full
        print(json.dumps(line, separators=(",", ":")))  # noqa: T201  # its log


def _checked(result: Any, request_id: str) -> tuple[bytes, Any]:  # noqa: ANN401
    """The result, or Lambda's error for a result that is not JSON."""
    try:
        json.dumps(result)
    except (TypeError, ValueError) as error:
        message = f"Unable to marshal response: {error}"
        marshal_error = {"errorType": "Runtime.MarshalError", "errorMessage": message}
        return ERROR, error_document(error, request_id) | marshal_error
    return RESULT, result


def _context(function: Function, invocation: Invocation) -> LambdaContext:
    return LambdaContext(
        function_name=function.name,
        function_version=str(function.version),
        invoked_function_arn=f"{function.arn}:{function.version}",
        memory_limit_in_mb=function.memory,
        aws_request_id=invocation["request_id"],
        log_group_name=f"/aws/lambda/{function.name}",
        log_stream_name=f"local/{os.getpid()}",
        deadline=invocation["deadline"],
    )


def _write(stream: BufferedRWPair, kind: bytes, document: Any) -> None:  # noqa: ANN401
    stream.write(kind + json.dumps(document).encode() + b"\n")
    stream.flush()
