"""The permission that a request needs."""

import json

import pytest

from local.aws_requests import AwsRequest
from local.iam.permissions import Permission, permission


def a_request(
    target: str = "", method: str = "POST", path: str = "/", query: str = "", body: bytes = b""
) -> AwsRequest:
    return AwsRequest(target, method, path, query, body, access_key="key")


def of_states(operation: str, **fields: str) -> AwsRequest:
    return a_request(f"AWSStepFunctions.{operation}", body=json.dumps(fields).encode())


@pytest.mark.parametrize(
    ("request_", "action", "resource"),
    [
        (of_states("StartExecution", stateMachineArn="m"), "states:StartExecution", "m"),
        (of_states("ListExecutions", stateMachineArn="m"), "states:ListExecutions", "m"),
        (of_states("DescribeExecution", executionArn="e"), "states:DescribeExecution", "e"),
        (of_states("GetExecutionHistory", executionArn="e"), "states:GetExecutionHistory", "e"),
        (of_states("DescribeExecution"), "states:DescribeExecution", ""),
        (
            a_request("secretsmanager.GetSecretValue", body=b'{"SecretId": "s"}'),
            "secretsmanager:GetSecretValue",
            "s",
        ),
        (a_request(method="PUT", path="/b/orders/1"), "s3:PutObject", "arn:aws:s3:::b/orders/1"),
        (a_request(method="GET", path="/b/orders/1"), "s3:GetObject", "arn:aws:s3:::b/orders/1"),
        (a_request(method="HEAD", path="/b/k"), "s3:GetObject", "arn:aws:s3:::b/k"),
        (
            a_request(method="GET", path="/b/", query="list-type=2&prefix=orders"),
            "s3:ListBucket",
            "arn:aws:s3:::b",
        ),
    ],
)
def test_an_operation_needs_an_action_on_a_resource(
    request_: AwsRequest, action: str, resource: str
) -> None:
    assert permission(request_) == Permission(action, resource)


@pytest.mark.parametrize(
    "unknown",
    [
        of_states("RedriveExecution", executionArn="e"),
        a_request("secretsmanager.PutSecretValue", body=b'{"SecretId": "s"}'),
        a_request("DynamoDB_20120810.PutItem"),
        a_request("Another.StartExecution"),
        a_request("Another.PutObject"),
        a_request(method="DELETE", path="/b/k"),
        a_request(method="GET", path="/"),
    ],
)
def test_an_unknown_operation_needs_a_permission_that_nobody_has(unknown: AwsRequest) -> None:
    assert permission(unknown) is None
