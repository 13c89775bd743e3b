"""Creates the bucket, the secret and the state machine, which moto forgets when it restarts."""

import json
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.state_machine import StateMachine
from local.iam.callers import ADMINISTRATOR
from local.processes import daemon_thread
from local.processes.errors import StackFailure

BUCKET = "order-backups"
_SECRET = "order-database"  # noqa: S105 - its name
SECRET_ARN = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{_SECRET}"
"""The ARN without the random suffix of Secrets Manager, which accepts it without."""


async def create_bucket(url: str, token: str) -> None:
    """Create the bucket for backups. Raises StackFailure."""
    try:
        await daemon_thread.call(partial(_create_bucket, url, token))
    except Exception as error:  # boto3's errors and urllib's, all of which mean the same here
        raise StackFailure(f"S3 at {url} cannot create the bucket: {error}") from error


def _create_bucket(url: str, token: str) -> None:
    _client("s3", url, token).create_bucket(Bucket=BUCKET)


async def create_secret(url: str, token: str, login: Mapping[str, str]) -> None:
    """Create the secret with the functions' DB_USER and DB_PASSWORD. Raises StackFailure."""
    try:
        await daemon_thread.call(partial(_create_secret, url, token, login))
    except Exception as error:  # boto3's errors and urllib's, all of which mean the same here
        message = f"Secrets Manager at {url} cannot create the secret: {error}"
        raise StackFailure(message) from error


def _create_secret(url: str, token: str, login: Mapping[str, str]) -> None:
    secret = {"username": login["DB_USER"], "password": login["DB_PASSWORD"]}
    _client("secretsmanager", url, token).create_secret(
        Name=_SECRET, SecretString=json.dumps(secret)
    )


async def create_state_machine(url: str, token: str, machine: StateMachine) -> None:
    """Create the state machine, or update its definition. Raises StackFailure."""
    try:
        await daemon_thread.call(partial(_create_state_machine, url, token, machine))
    except Exception as error:  # boto3's errors and urllib's, all of which mean the same here
        message = f"Step Functions at {url} cannot create the state machine: {error}"
        raise StackFailure(message) from error


def _create_state_machine(url: str, token: str, machine: StateMachine) -> None:
    """Create or update. If the name exists, creating does nothing on moto, and fails elsewhere."""
    client = _client("stepfunctions", url, token)
    role = f"arn:aws:iam::{ACCOUNT}:role/{machine.role.name}"
    with suppress(client.exceptions.StateMachineAlreadyExists):
        client.create_state_machine(name=machine.name, definition=machine.definition, roleArn=role)
    existing = client.describe_state_machine(stateMachineArn=machine.arn)
    if existing["definition"] != machine.definition:
        client.update_state_machine(stateMachineArn=machine.arn, definition=machine.definition)


def _client(service: str, url: str, token: str) -> Any:  # noqa: ANN401  # boto3 makes its classes at run time
    import boto3  # noqa: PLC0415  # takes 0.3 s, during which the children start
    from botocore.config import Config  # noqa: PLC0415

    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=ADMINISTRATOR,
        aws_secret_access_key="test",  # noqa: S106
        aws_session_token=token,
        config=Config(connect_timeout=3, read_timeout=60, retries={"total_max_attempts": 1}),
    )
