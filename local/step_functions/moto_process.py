"""The AWS side of the stack: moto's process, the bucket, the state machine."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.state_machine import StateMachine
from local.processes import children
from local.processes.children import Child
from local.processes.failure import StackFailure

BUCKET = "order-backups"
SETTINGS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",  # moto accepts any
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"


@asynccontextmanager
async def server(
    listening: socket.socket, lambda_port: int, root: Path, log: Path, *, with_faults: bool
) -> AsyncIterator[Child]:
    """Run moto on a listening socket. Who calls while none runs waits there for the next."""
    environment = {**os.environ, **SETTINGS, "MOTO_PORT": str(lambda_port)}
    command = [sys.executable, "-m", "local.step_functions.moto_server", str(listening.fileno())]
    if with_faults:
        command.append("--faults")
    inherited: dict[str, Any] = {"env": environment, "cwd": root, "pass_fds": [listening.fileno()]}
    async with children.child(
        "Step Functions and S3 (moto)", *command, log=log, **inherited
    ) as this:
        yield this


async def create_bucket(url: str) -> None:
    """Create the bucket for backups. Raises StackFailure."""
    try:
        await asyncio.to_thread(_create_bucket, url)
    except Exception as error:  # boto3's errors and urllib's, all of which mean the same here
        raise StackFailure(f"S3 at {url} does not take the bucket: {error}") from error


def _create_bucket(url: str) -> None:
    _client("s3", url).create_bucket(Bucket=BUCKET)


async def create_state_machine(url: str, machine: StateMachine) -> None:
    """Create the state machine, or bring it up to date. Raises StackFailure."""
    try:
        await asyncio.to_thread(_create_state_machine, url, machine)
    except Exception as error:  # boto3's errors and urllib's, all of which mean the same here
        message = f"Step Functions at {url} does not take the state machine: {error}"
        raise StackFailure(message) from error


def _create_state_machine(url: str, machine: StateMachine) -> None:
    """With a name that exists, moto keeps its old definition, Step Functions Local refuses."""
    client = _client("stepfunctions", url)
    with suppress(client.exceptions.StateMachineAlreadyExists):
        client.create_state_machine(name=machine.name, definition=machine.definition, roleArn=ROLE)
    if (
        client.describe_state_machine(stateMachineArn=machine.arn)["definition"]
        != machine.definition
    ):
        client.update_state_machine(stateMachineArn=machine.arn, definition=machine.definition)


def _client(service: str, url: str) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
    import boto3  # noqa: PLC0415  # 0.3 s, better spent while the children start
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106
        config=Config(connect_timeout=3, read_timeout=10, retries={"total_max_attempts": 1}),
    )
