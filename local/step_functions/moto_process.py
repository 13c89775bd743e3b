"""The parent's side of moto: starts its process on a listening socket."""

import os
import socket
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from deployment.cloudformation import REGION
from local.iam import session_token
from local.iam.callers import ADMINISTRATOR
from local.processes import child_process
from local.processes.child_process import Child


def settings(token: str) -> dict[str, str]:
    """The AWS_* variables of callers that know the run's token, without addresses."""
    return {
        "AWS_ACCESS_KEY_ID": ADMINISTRATOR,
        "AWS_SECRET_ACCESS_KEY": "test",  # moto accepts any
        session_token.VARIABLE: token,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
    }


def server(
    listening: socket.socket, lambda_port: int, root: Path, log: Path, token: str, *options: str
) -> AbstractAsyncContextManager[Child]:
    """Run moto on the socket, with options of local.step_functions.moto_server.

    The socket is ours, so that connections queue while moto restarts. moto answers callers with the
    token only.
    """
    descriptor = listening.fileno()
    module = "local.step_functions.moto_server"
    command = [sys.executable, "-m", module, str(descriptor), *options]
    environment = (
        os.environ
        | settings(token)
        | {
            "MOTO_PORT": str(lambda_port),
            "MOTO_DISABLE_GLOBAL_CORS": "true",
        }
    )
    inherited: dict[str, Any] = {"env": environment, "cwd": root, "pass_fds": [descriptor]}
    return child_process.child("Step Functions and S3 (moto)", *command, log=log, **inherited)
