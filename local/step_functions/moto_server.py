"""S3 and Step Functions: moto's server with its engine on, as a process.

`python -m local.step_functions.moto_server FD [--faults]` serves on the listening socket FD and ends
when its stdin does. What it holds (objects, executions) lives in memory only.

MOTO_PORT is read by moto to find Lambda on localhost when a task is due; our
parent sets it to the Lambda runtime's port, so those calls never come here.
"""

import logging
import os
import socket
import sys
import threading
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING, Any

import waitress
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

from local.faults.aws_fault_layer import Faulty
from local.step_functions import abort_and_timeout, parse_once

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

THREADS = 16
START = "AWSStepFunctions.StartExecution"


class OneStartAtATime:
    """Serialises StartExecution: moto's check of name and input is a race."""

    def __init__(self, application: "WSGIApplication") -> None:
        self._application = application
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        """Pass the request on."""
        if environ.get("HTTP_X_AMZ_TARGET") != START:
            return self._application(environ, start)
        with self._lock:
            return self._application(environ, start)


@cache
def _lambda_client(region: str) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
    return boto_client_for(service="lambda", region=region)


def _kept_client(service: str, region: str, state_credentials: object) -> Any:  # noqa: ANN401, ARG001
    """Stand in for moto's boto_client_for, which makes a client (13 ms) for every task."""
    return _lambda_client(region)


def main(file_descriptor: int, *, with_faults: bool) -> None:
    """Serve until killed or left alone."""
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    setattr(lambda_eval_utils, "boto_client_for", _kept_client)  # noqa: B010  # mypy: not its own name
    abort_and_timeout.install()
    parse_once.install()
    # Each failed state, each queued request, each extra connection would be an entry.
    for name in ("moto", "waitress", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    application: WSGIApplication = OneStartAtATime(DomainDispatcherApplication(create_backend_app))
    if with_faults:
        application = Faulty(application)
    waitress.serve(application, sockets=[socket.socket(fileno=file_descriptor)], threads=THREADS)


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]), with_faults="--faults" in sys.argv)
