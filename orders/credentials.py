"""The login to PostgreSQL: from the environment, or from a secret in Secrets Manager."""

import json
from functools import cache
from typing import Any

from orders.errors import DatabaseUnavailable, InvalidSetting
from orders.permissions import DATABASE_SECRET, needs
from orders.settings import DatabaseSettings


def login(settings: DatabaseSettings) -> tuple[str | None, str | None]:
    """User and password. A secret is read at every call, so a rotated password is found at once.

    Raises DatabaseUnavailable when the secret cannot be read, NotPermitted when it may not be
    read, and InvalidSetting when it lacks username or password.
    """
    if settings.db_secret_arn is None:
        return settings.db_user, settings.db_password
    text = _secret(settings.db_secret_arn)
    try:
        secret = json.loads(text)
        return secret["username"], secret["password"]
    except (ValueError, KeyError, TypeError):  # without the error, which may quote the secret
        message = "The secret of DB_SECRET_ARN needs username and password"
        raise InvalidSetting(message) from None


@needs("secretsmanager:GetSecretValue", on=DATABASE_SECRET)
def _secret(arn: str) -> str:
    from orders.aws_errors import aws_errors_as  # noqa: PLC0415 - as _secrets_manager

    with aws_errors_as(_unreadable):
        return str(_secrets_manager().get_secret_value(SecretId=arn)["SecretString"])


def _unreadable(why: str) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"password cannot be read from its secret: {why}")


@cache
def _secrets_manager() -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    """boto3 is imported only if there is a secret: it takes 230 ms of a cold start."""
    import boto3  # noqa: PLC0415

    from orders.aws_errors import HASTY_CONFIG  # noqa: PLC0415

    return boto3.client("secretsmanager", config=HASTY_CONFIG)
