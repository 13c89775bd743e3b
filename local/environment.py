"""The addresses and names that lead functions to the local services."""

from collections.abc import Mapping
from dataclasses import replace

from deployment.template import Function, Template
from local.step_functions import moto_process, resources

PARAMETERS = {
    "DbHost": "DB_HOST",
    "DbPort": "DB_PORT",
    "DbName": "DB_NAME",
    "DbUser": "DB_USER",
    "DbPassword": "DB_PASSWORD",
    "DbSecretArn": "DB_SECRET_ARN",
    "OrderBackupBucket": "S3_BUCKET",
    "AllowedOrigins": "ALLOWED_ORIGINS",
}
"""template.yaml's parameters and resources, and the setting that has their local value."""


def settings(
    database: Mapping[str, str],
    login: Mapping[str, str],
    aws_url: str,
    step_functions: str | None,
    token: str,
) -> dict[str, str]:
    """The environment variables that lead to PostgreSQL, S3 and Step Functions.

    `database`: the address of PostgreSQL. `login`: DB_USER and DB_PASSWORD, or DB_SECRET_ARN.
    `token`: the secret of this run.
    """
    return {
        **database,
        **login,
        **moto_process.settings(token),
        "AWS_ENDPOINT_URL_S3": aws_url,
        "AWS_ENDPOINT_URL_SFN": step_functions or aws_url,
        "AWS_ENDPOINT_URL_SECRETS_MANAGER": aws_url,
        "S3_BUCKET": resources.BUCKET,
    }


def template_values(variables: Mapping[str, str]) -> dict[str, str]:
    """Local values for template.yaml's parameters and resources; what has none is empty."""
    return {name: variables.get(variable, "") for name, variable in PARAMETERS.items()}


def functions(template: Template, variables: Mapping[str, str]) -> list[Function]:
    """The template's functions with the environment variables that Lambda adds."""
    return [with_lambda_variables(this, variables) for this in template.functions.values()]


def with_lambda_variables(function: Function, variables: Mapping[str, str]) -> Function:
    """The function with the environment variables that Lambda adds to the template's own."""
    own = {
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_FUNCTION_VERSION": str(function.version),
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/aws/lambda/{function.name}",
        "TZ": ":UTC",
        "_HANDLER": function.handler,
    }
    aws = {name: value for name, value in variables.items() if name.startswith("AWS_")}
    key = {"AWS_ACCESS_KEY_ID": function.role}  # as local/iam/callers.py tells callers
    return replace(function, environment=dict(function.environment) | own | aws | key)
