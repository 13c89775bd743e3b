"""The roles that SAM makes, and what their policies allow."""

from pathlib import Path

import pytest

from deployment.errors import InvalidTemplate
from deployment.policies import Role
from tests.deployment.small_template import TEXT, read

QUEUE = "arn:aws:sqs:us-east-1:123456789012:q"
STATEMENT = f"{{Effect: Allow, Action: sqs:SendMessage, Resource: '{QUEUE}'}}"
POLICY = f"{{Statement: [{STATEMENT}]}}"
ATTACHED = """
  P:
    Type: AWS::IAM::Policy
    Condition: IsSet
    Properties: {PolicyName: P, PolicyDocument: POLICY, Roles: [!Ref FRole, !Ref MRole]}
"""


def role_of_f(folder: Path, text: str) -> Role:
    return read(folder, text).roles["FRole"]


def with_policies(policies: str) -> str:
    """The small template, whose function has these policies."""
    return TEXT.replace("Handler: a.b", f"Handler: a.b\n      Policies: {policies}")


def with_resource(resource: str) -> str:
    """The small template with one more resource."""
    return TEXT + resource.replace("POLICY", POLICY)


@pytest.mark.parametrize(
    "policies",
    [POLICY, f"[{POLICY}]", f"[!Ref AWS::NoValue, {POLICY}]", f"!If [IsSet, {POLICY}, []]"],
)
def test_a_functions_role_has_its_policies(tmp_path: Path, policies: str) -> None:
    assert role_of_f(tmp_path, with_policies(policies)).allows("sqs:SendMessage", QUEUE)


def test_a_role_without_policies_may_do_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).roles == {"FRole": Role("FRole", ()), "MRole": Role("MRole", ())}


def test_a_policy_belongs_to_the_roles_that_it_names(tmp_path: Path) -> None:
    roles = read(tmp_path, with_resource(ATTACHED)).roles

    assert all(role.allows("sqs:SendMessage", QUEUE) for role in roles.values())


def test_a_policy_whose_condition_does_not_hold_is_not_there(tmp_path: Path) -> None:
    text = with_resource(ATTACHED.replace("IsSet", "IsBoth"))

    assert not role_of_f(tmp_path, text).allows("sqs:SendMessage", QUEUE)


def test_a_buckets_policy_denies_to_every_role(tmp_path: Path) -> None:
    bucket = "  B: {Type: AWS::S3::BucketPolicy, Properties: {PolicyDocument: {Statement: DENY}}}"
    deny = f"{{Effect: Deny, Principal: '*', Action: sqs:*, Resource: '{QUEUE}'}}"
    text = with_policies(POLICY) + bucket.replace("DENY", deny)

    assert role_of_f(tmp_path, text).denies("sqs:SendMessage", QUEUE)
    with pytest.raises(InvalidTemplate, match="B must only deny, and to everybody"):
        read(tmp_path, text.replace("Effect: Deny", "Effect: Allow"))
    with pytest.raises(InvalidTemplate, match="B must only deny, and to everybody"):
        read(tmp_path, text.replace("Principal: '*'", "Principal: {AWS: x}"))


@pytest.mark.parametrize(
    ("policies", "complaint"),
    [
        ("AWSLambdaExecute", "F has the policy AWSLambdaExecute, whose statements are not in"),
        ("[S3CrudPolicy: {BucketName: b}]", "F has the policy S3CrudPolicy, whose statements"),
        ("[]\n      Role: !Ref Given", "F has a Role, which is not read: use Policies"),
        ("[]\n      PermissionsBoundary: arn", "F has a PermissionsBoundary, which is not read"),
    ],
)
def test_a_policy_that_is_not_in_the_template_is_refused(
    tmp_path: Path, policies: str, complaint: str
) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        read(tmp_path, with_policies(policies))


@pytest.mark.parametrize(
    ("resource", "complaint"),
    [
        (ATTACHED.replace("FRole", "GRole"), "P is attached to {'Ref': 'GRole'}, which is the"),
        (ATTACHED.replace("!Ref FRole", "FRole"), "P is attached to FRole, which is the"),
        (ATTACHED.replace("Roles", "Groups: [], Roles"), "P has Groups: attach it to Roles only"),
        ("\n  R: {Type: AWS::IAM::Role}", "R is a AWS::IAM::Role, whose permissions are not read"),
        ("\n  C: {Type: AWS::Serverless::Connector}", "C is a AWS::Serverless::Connector, whose"),
    ],
)
def test_a_resource_whose_permissions_are_not_read_is_refused(
    tmp_path: Path, resource: str, complaint: str
) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        read(tmp_path, with_resource(resource))
