"""The rules of template.yaml, apart from its state machine's definition."""

from collections.abc import Iterator, Mapping
from typing import Any

from deployment.cloudformation import ACCOUNT, REGION
from deployment.template import Template, of_document
from workflows.rules.connections import check_connections
from workflows.rules.permissions import check_permissions

_LOGIN = {"DbUser": "user", "DbPassword": "password"}
_SECRET = {"DbSecretArn": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:orders-AbCdEf"}
_VALUES = {
    "DbHost": "database.internal",
    "DbPort": "6432",
    "DbName": "orders",
    "DbCaBundle": __file__,  # a file that exists, as the setting wants it
    "SubnetIds": "subnet-1",
    "SecurityGroupIds": "sg-1",
    "OrderBackupBucket": "backups",
}
_BROWSERS = {"AllowedOrigins": "https://shop.example"}
DEPLOYMENTS = (_VALUES | _LOGIN, _VALUES | _SECRET | _BROWSERS)
"""Values of two deployments, which together have all that the template can make: one with the
database's password in a parameter, one with a secret and for pages in browsers."""

VARIABLES = {
    "DB_HOST": "DbHost",
    "DB_PORT": "DbPort",
    "DB_NAME": "DbName",
    "DB_USER": "DbUser",
    "DB_PASSWORD": "DbPassword",
    "DB_SECRET_ARN": "DbSecretArn",
    "DB_CA_BUNDLE": "DbCaBundle",
    "S3_BUCKET": "OrderBackupBucket",
    "ALLOWED_ORIGINS": "AllowedOrigins",
}
"""Environment variables, and the parameter or bucket that each of them names."""


def template_findings(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with the template, each finding a sentence with its subject and the fix.

    Raises InvalidTemplate.
    """
    found = [each for values in DEPLOYMENTS for each in _findings(document, values)]
    return list(dict.fromkeys(found))  # both deployments have most findings


def _findings(document: Mapping[str, Any], values: Mapping[str, str]) -> Iterator[str]:
    template = of_document(document, values=values)
    yield from check_connections(template, _meanings(template, values))
    yield from check_permissions(template)


def _meanings(template: Template, values: Mapping[str, str]) -> dict[str, str]:
    """The right value of each environment variable."""
    named = {variable: values.get(name, "") for variable, name in VARIABLES.items()}
    return named | {"STATE_MACHINE_ARN": template.state_machine.arn}
