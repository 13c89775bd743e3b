"""The IAM action and resource that a request to AWS needs.

Source: Service Authorization Reference. An operation that is not here is refused, even if a role
allows it: add it, with the resource that AWS checks.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from local.aws_requests import AwsRequest

STATES: Mapping[str, str] = {
    "DescribeExecution": "executionArn",
    "GetExecutionHistory": "executionArn",
    "ListExecutions": "stateMachineArn",
    "StartExecution": "stateMachineArn",
}
"""Operations of Step Functions, and the field of the request that holds the resource's ARN."""

S3: Mapping[str, str] = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "ListObjectsV2": "ListBucket",
    "PutObject": "PutObject",
}
"""Operations of S3 and their actions. Their resource is the bucket, or the object in it."""


class Permission(NamedTuple):
    """An action, such as `states:StartExecution`, on the ARN of a resource."""

    action: str
    resource: str


def permission(request: AwsRequest) -> Permission | None:
    """The permission that the request needs, or None when its operation is not known here."""
    operation = request.operation
    if not request.target and operation in S3:
        return Permission(f"s3:{S3[operation]}", f"arn:aws:s3:::{request.path.strip('/')}")
    if request.target.startswith("AWSStepFunctions.") and operation in STATES:
        return Permission(f"states:{operation}", _field(request, STATES[operation]))
    if request.target == "secretsmanager.GetSecretValue":
        return Permission("secretsmanager:GetSecretValue", _field(request, "SecretId"))
    return None


def listing_of_bucket(request: AwsRequest) -> Permission:
    """The permission to learn which objects a request's bucket has."""
    return Permission("s3:ListBucket", f"arn:aws:s3:::{request.path.strip('/').split('/')[0]}")


def _field(request: AwsRequest, name: str) -> str:
    """The field of the body; empty if there is none, so that only `*` allows the request."""
    try:
        return str(json.loads(request.body)[name])
    except (KeyError, TypeError, ValueError):
        return ""
