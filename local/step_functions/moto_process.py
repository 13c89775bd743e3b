"""The parent's side of moto: starts its process on a listening socket."""

import os
import socket
import sys
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from deployment.cloudformation import REGION
from local.processes import child_process
from local.processes.child_process import Child

SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",  # moto accepts any
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}


def server(
    listening: socket.socket, lambda_port: int, root: Path, log: Path, *, with_faults: bool
) -> AbstractAsyncContextManager[Child]:
    """Run moto on the socket. The socket is ours, so connections queue while moto restarts."""
    descriptor = listening.fileno()
    command = [sys.executable, "-m", "local.step_functions.moto_server", str(descriptor)]
    if with_faults:
        command.append("--faults")
    environment = {**os.environ, **SETTINGS, "MOTO_PORT": str(lambda_port)}
    options: dict[str, Any] = {"env": environment, "cwd": root, "pass_fds": [descriptor]}
    return child_process.child("Step Functions and S3 (moto)", *command, log=log, **options)
