"""What a role with these statements may do."""

from typing import Any

import pytest

from deployment.errors import InvalidTemplate
from deployment.policies import Role, read_statements

OBJECT = "arn:aws:s3:::backups/orders/1.json"
ALLOW = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": OBJECT}


def a_role(*statements: Any) -> Role:  # noqa: ANN401  # YAML
    return Role("FRole", tuple(read_statements({"Statement": list(statements)}, "F")))


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({}, True),
        ({"Effect": "Deny"}, False),
        ({"Action": ["s3:GetObject", "s3:PutObject"]}, True),
        ({"Action": "s3:GetObject"}, False),
        ({"Action": "S3:putobject"}, True),
        ({"Action": "s3:Put*"}, True),
        ({"Action": "s3:PutObjec?"}, True),
        ({"Action": "s3:PutObject?"}, False),
        ({"Action": "*"}, True),
        ({"Action": "s3.PutObject"}, False),
        ({"Resource": "arn:aws:s3:::backups/orders/*"}, True),
        ({"Resource": "arn:aws:s3:::backups/*.json"}, True),
        ({"Resource": ["arn:aws:s3:::backups", "*"]}, True),
        ({"Resource": "arn:aws:s3:::backups/orders/"}, False),
        ({"Resource": OBJECT.upper()}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"Condition": {"Bool": {"aws:SecureTransport": True}}}, True),
        ({"Condition": {"Bool": {"AWS:securetransport": "false"}}}, False),
        (
            {"Condition": {"StringEquals": {"aws:RequestedRegion": ["eu", "us-east-1"]}}},
            True,
        ),
        ({"Condition": {"StringEquals": {"aws:RequestedRegion": "us-*"}}}, False),
        ({"Condition": {"StringLike": {"aws:RequestedRegion": "us-*"}}}, True),
        ({"Condition": {"ArnLike": {"aws:PrincipalAccount": "1234*"}}}, True),
        (
            {
                "Condition": {
                    "Bool": {"aws:SecureTransport": "true"},
                    "StringLike": {"aws:RequestedRegion": "eu-*"},
                }
            },
            False,
        ),
    ],
)
def test_a_statement_is_evaluated_as_iam_does(change: dict[str, Any], allowed: bool) -> None:  # noqa: FBT001
    assert a_role(ALLOW | change).allows("s3:PutObject", OBJECT) == allowed


@pytest.mark.parametrize("deny_first", [True, False])
def test_a_deny_wins_over_every_allow(deny_first: bool) -> None:  # noqa: FBT001
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    statements = [deny, ALLOW] if deny_first else [ALLOW, deny]

    assert not a_role(*statements).allows("s3:PutObject", OBJECT)
    assert a_role(*statements).denies("s3:PutObject", OBJECT)


def test_nothing_is_allowed_without_a_statement() -> None:
    assert not a_role().allows("s3:PutObject", OBJECT)
    assert not a_role().denies("s3:PutObject", OBJECT)


def test_one_statement_needs_no_list() -> None:
    assert list(read_statements({"Statement": ALLOW}, "F"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"NotAction": "s3:*"}, r"The statement \(without Sid\) of F has NotAction, which is not"),
        ({"Sid": "S", "NotResource": "*"}, "The statement S of F has NotResource, which is not"),
        ({"Effect": "allow"}, "has no Effect"),
        ({"Principal": "*"}, "has a Principal: remove it"),
        ({"Action": []}, "has no Action"),
        ({"Resource": None}, "has no Resource"),
        ({"Resource": "arn:aws:s3:::${aws:username}"}, "has a policy variable"),
        ({"Condition": {"Null": {"aws:TokenIssueTime": "true"}}}, "has a Null condition: only Arn"),
        (
            {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}},
            "depends on aws:SourceVpce, whose value is not known here",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_refused_by_name(
    change: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        a_role(ALLOW | change)


def test_the_policy_of_a_resource_names_a_principal() -> None:
    with pytest.raises(InvalidTemplate, match="needs a Principal"):
        list(read_statements({"Statement": ALLOW}, "F", names_principal=True))
