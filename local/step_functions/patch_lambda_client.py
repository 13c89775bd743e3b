"""Patches moto: tasks share one Lambda client, which calls under the state machine's role.

moto would make a client (13 ms) for every task, with an access key that is always the same. And it
would open as many connections as tasks are running, until it has no file left.
"""

import os
from functools import cache
from threading import Semaphore
from typing import Any

import boto3
from botocore.config import Config
from moto.settings import moto_server_port
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import TimeoutSeconds
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.exec.state_task.credentials import (
    StateCredentials,
)

from local.iam import session_token

SECONDS = TimeoutSeconds.DEFAULT_TIMEOUT_SECONDS


class _LambdaClient:
    """What moto uses of a Lambda client. Of its calls, no more than `most` are made at once."""

    def __init__(self, client: Any, most: Semaphore) -> None:  # noqa: ANN401  # boto3's
        self._client, self._most = client, most

    def invoke(self, **parameters: Any) -> Any:  # noqa: ANN401  # boto3's
        """Invoke a function, once there are few enough other calls."""
        with self._most:
            return self._client.invoke(**parameters)


def install(invocations: int) -> None:
    """Patch moto in this process. It invokes at most so many functions at once."""
    most = Semaphore(invocations)

    def shared_client(service: str, region: str, state_credentials: StateCredentials) -> Any:  # noqa: ANN401, ARG001
        """A replacement of moto's boto_client_for, with the same arguments."""
        client = _lambda_client(region, state_credentials.role_arn.rpartition("/")[2])
        return _LambdaClient(client, most)

    setattr(lambda_eval_utils, "boto_client_for", shared_client)  # noqa: B010  # mypy: the module only imports it


@cache
def _lambda_client(region: str, role: str) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
    return boto3.client(
        "lambda",
        region_name=region,
        endpoint_url=f"http://localhost:{moto_server_port()}",
        aws_access_key_id=role,  # as local/iam/callers.py tells callers
        aws_secret_access_key="any",  # noqa: S106
        aws_session_token=os.environ[session_token.VARIABLE],
        config=Config(
            parameter_validation=False,
            retries={"total_max_attempts": 1},
            connect_timeout=SECONDS,
            read_timeout=SECONDS,
        ),
    )
