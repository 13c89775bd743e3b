from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from deployment.policies import Role, Statement
from local.iam import role_file
from local.step_functions import resources
from tests.local.moto import MACHINE, Moto, moto_alone

BUCKET = f"arn:aws:s3:::{resources.BUCKET}"
EXECUTIONS = MACHINE.arn.replace(":stateMachine:", ":execution:") + ":*"
ROLES = (
    Role("Nothing", ()),
    Role("Starts", (Statement("Allow", ("states:StartExecution",), (MACHINE.arn,)),)),
    Role("Looks", (Statement("Allow", ("states:DescribeExecution",), (EXECUTIONS,)),)),
    Role("Reads", (Statement("Allow", ("s3:GetObject",), (f"{BUCKET}/orders/*",)),)),
    Role(
        "Lists", (Statement("Allow", ("s3:ListBucket", "s3:GetObject"), (BUCKET, f"{BUCKET}/*")),)
    ),
    Role(
        "Denied",
        (Statement("Allow", ("s3:*",), ("*",)), Statement("Deny", ("s3:Put*",), (f"{BUCKET}/*",))),
    ),
)


@pytest.fixture(scope="package")
def guarded(starts_a_stack: None) -> Iterator[Moto]:
    """S3 and Step Functions that perform what ROLES allow."""
    with TemporaryDirectory() as folder:
        role_file.write(Path(folder, "roles.json"), ROLES)
        options = ("--roles", str(Path(folder, "roles.json")))
        with moto_alone(Path(folder, "moto.log"), "1", *options) as moto:
            yield moto
