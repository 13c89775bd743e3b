"""The IAM permissions that our calls to AWS need, declared beside each call.

`scripts/render` compares what a function's code calls with its role in template.yaml
(workflows/rules/permissions.py).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., object])


class Resource(NamedTuple):
    """A kind of resource: the environment variable that names it, and the ARN made of that."""

    variable: str
    arn: Callable[[str], str]

    def arn_in(self, environment: Mapping[str, str]) -> str | None:
        """The ARN, perhaps with wildcards, or None in a deployment without this resource."""
        name = environment.get(self.variable)
        return self.arn(name) if name else None


class Permission(NamedTuple):
    """An IAM action, such as `s3:PutObject`, and what it is performed on."""

    action: str
    resource: Resource


def executions_arn(state_machine_arn: str) -> str:
    """The ARN of all executions of the state machine, which ends in a wildcard."""
    return state_machine_arn.replace(":stateMachine:", ":execution:", 1) + ":*"


STATE_MACHINE = Resource("STATE_MACHINE_ARN", str)
EXECUTIONS = Resource("STATE_MACHINE_ARN", executions_arn)
BUCKET = Resource("S3_BUCKET", "arn:aws:s3:::{}".format)
BACKUPS = Resource("S3_BUCKET", "arn:aws:s3:::{}/orders/*".format)
DATABASE_SECRET = Resource("DB_SECRET_ARN", str)


def needs(action: str, *, on: Resource) -> Callable[[Function], Function]:
    """Declare a permission that a function needs because it calls AWS itself."""

    def declare(function: Function) -> Function:
        vars(function)["permissions"] = (*declared(function), Permission(action, on))
        return function

    return declare


def declared(function: Callable[..., object]) -> tuple[Permission, ...]:
    """The permissions that the function declares for itself."""
    permissions: tuple[Permission, ...] = vars(function).get("permissions", ())
    return permissions
