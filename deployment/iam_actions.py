"""The IAM actions that our roles grant, and the ARN of the resource that each is performed on.

Source: Service Authorization Reference, "Actions, resources, and condition keys for" AWS Step
Functions, Amazon S3, AWS Secrets Manager, AWS Lambda and Amazon CloudWatch Logs
(https://docs.aws.amazon.com/service-authorization/latest/reference/), read on 2026-11-24.
scripts/check compares this table with the copy of that reference in cfn-lint, which itself does not
check the actions of a SAM template.
"""

import re
from collections.abc import Mapping

_EXECUTION = r"arn:aws:states:[^:]+:\d+:execution:[^:]+:[^:]+"
_STATE_MACHINE = r"arn:aws:states:[^:]+:\d+:stateMachine:[^:]+"
_BUCKET = r"arn:aws:s3:::[^/*]+"
_OBJECT = r"arn:aws:s3:::[^/*]+/.+"
_SECRET = r"arn:aws:secretsmanager:[^:]+:\d+:secret:[^*]+"  # noqa: S105  # its ARN
_FUNCTION = r"arn:aws:lambda:[^:]+:\d+:function:[^:*]+(:.+)?"
_EVERYTHING = r"\*"  # the action supports no resource types

RESOURCES: Mapping[str, str] = {
    "lambda:InvokeFunction": _FUNCTION,
    "logs:CreateLogDelivery": _EVERYTHING,
    "logs:DeleteLogDelivery": _EVERYTHING,
    "logs:DescribeLogGroups": _EVERYTHING,
    "logs:DescribeResourcePolicies": _EVERYTHING,
    "logs:GetLogDelivery": _EVERYTHING,
    "logs:ListLogDeliveries": _EVERYTHING,
    "logs:PutResourcePolicy": _EVERYTHING,
    "logs:UpdateLogDelivery": _EVERYTHING,
    "s3:GetObject": _OBJECT,
    "s3:ListBucket": _BUCKET,
    "s3:PutObject": _OBJECT,
    "secretsmanager:GetSecretValue": _SECRET,
    "states:DescribeExecution": _EXECUTION,
    "states:GetExecutionHistory": _EXECUTION,
    "states:ListExecutions": _STATE_MACHINE,
    "states:StartExecution": _STATE_MACHINE,
}
"""The pattern of the resource's ARN by action, as a regular expression."""


def acts_on(action: str, resource: str) -> bool:
    """Whether this is the ARN of a resource that the action is performed on."""
    return re.fullmatch(RESOURCES[action], resource) is not None
