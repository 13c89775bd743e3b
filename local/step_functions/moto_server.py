"""The program that moto's process runs: its server for S3 and Step Functions, with its engine.

`python -m local.step_functions.moto_server FD SCALE` serves on the listening socket FD, with the
engine's back-offs multiplied by SCALE, and ends when its stdin closes. Executions are kept in
memory only.

--bucket FOLDER       keep the bucket's objects in this folder, and begin with those that are there
--faults              serve /faults, and inject the faults that are planned there
--roles FILE          perform only what the caller's role in FILE allows
--quota-scale FACTOR  be eventually consistent, and throttle at AWS's quotas multiplied by FACTOR

Only callers that send the token of AWS_SESSION_TOKEN are answered.

For a task, moto calls Lambda on localhost at MOTO_PORT. The parent sets that variable to the port
of the local Lambda runtime, so these calls do not come here.
"""

import argparse
import logging
import os
import socket
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import waitress
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from local.faults.aws_fault_middleware import AwsFaultMiddleware
from local.http import file_limit
from local.iam import session_token
from local.iam.access_control import AccessControl
from local.iam.callers import Callers
from local.iam.moto_guard import MotoGuard
from local.iam.role_file import RoleFile
from local.processes import output
from local.step_functions import (
    engine_without_ec2,  # noqa: F401 - before everything that imports moto's engine
    kept_bucket,
    patch_abort_and_timeout,
    patch_backoffs,
    patch_lambda_client,
    patch_parsing,
)
from local.step_functions.running_executions import running_executions
from local.step_functions.start_execution import SerialStartExecution
from local.unkind.eventual_consistency import EventualConsistency
from local.unkind.throttling import Throttling

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

THREADS = 16
CONNECTIONS = 5000
"""Every worker keeps a connection for each of its clients. Past this limit, new ones wait."""


def main() -> None:
    """Serve until this process is killed, or its stdin closes."""
    options = _options()
    output.make_standard_streams_lossy()
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    files = file_limit.raise_limit()  # half of them for clients, a quarter for running tasks
    for patch in (patch_abort_and_timeout, patch_parsing):
        patch.install()
    patch_lambda_client.install(files // 4)
    patch_backoffs.install(options.backoff_scale)
    _silence_logs()
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    listening = socket.socket(fileno=options.file_descriptor)
    waitress.serve(
        _application(options),
        sockets=[listening],
        threads=THREADS,
        connection_limit=min(CONNECTIONS, files // 2),
        asyncore_use_poll=True,  # select() cannot watch so many
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("file_descriptor", type=int)
    parser.add_argument("backoff_scale", type=float)
    parser.add_argument("--bucket", type=Path)
    parser.add_argument("--faults", action="store_true")
    parser.add_argument("--roles", type=Path)
    parser.add_argument("--quota-scale", type=float)
    return parser.parse_args()


def _application(options: argparse.Namespace) -> "WSGIApplication":
    moto = DomainDispatcherApplication(create_backend_app)
    application: WSGIApplication = SerialStartExecution(moto)
    if options.bucket:
        kept_bucket.restore(options.bucket)
        application = kept_bucket.KeptBucket(application, options.bucket)
    if options.quota_scale is not None:
        application = EventualConsistency(application)
    if options.roles:
        application = AccessControl(application, Callers(RoleFile(options.roles).roles))
    if options.quota_scale is not None:
        application = Throttling(application, options.quota_scale)
    if options.faults:
        running = partial(running_executions, shown_late=options.quota_scale is not None)
        application = AwsFaultMiddleware(application, running)
    return MotoGuard(application, os.environ[session_token.VARIABLE])


def _silence_logs() -> None:
    """Otherwise every failed state, queued request and new connection would be logged."""
    for name in ("moto", "waitress", "urllib3"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


if __name__ == "__main__":
    main()
