"""Every role may do what its function calls, and nothing else.

The changes are made from the template itself: a new permission is tested without a new test.
"""

from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest

from orders import backups, credentials
from orders.permissions import BACKUPS, BUCKET, Permission
from tests.workflows.rules.templates import (
    TEMPLATE,
    Document,
    assert_found,
    findings,
    properties,
    statements,
)

RESOURCES = TEMPLATE["Resources"]
STATEMENTS = list(statements(RESOURCES))


def listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def grants() -> Iterator[tuple[int, str, int]]:
    """Each action and each resource of each statement: the statement's place, and its own."""
    for place, (_, statement) in enumerate(STATEMENTS):
        for key in ("Action", "Resource"):
            yield from ((place, key, at) for at in range(len(listed(statement[key]))))


def name_of(grant: tuple[int, str, int]) -> str:
    place, key, at = grant
    owner, statement = STATEMENTS[place]
    return f"{owner}-{statement.get('Sid')}-{key}-{at}"


def granted(resources: Document, place: int) -> tuple[str, Document]:
    return list(statements(resources))[place]


def subjects(owner: str) -> list[str]:
    """How findings call those who have the policies of this resource."""
    if owner == "OrderProcessingStateMachine":
        return ["The state machine"]
    if RESOURCES[owner]["Type"] == "AWS::IAM::Policy":
        return [role["Ref"].removesuffix("Role") for role in properties(RESOURCES, owner)["Roles"]]
    return [owner]


def test_the_template_grants_exactly_what_is_called() -> None:
    assert findings(lambda _: None) == []


@pytest.mark.parametrize("grant", list(grants()), ids=name_of)
def test_a_permission_that_is_taken_out_is_named(grant: tuple[int, str, int]) -> None:
    place, key, at = grant
    owner, statement = STATEMENTS[place]
    action = str(listed(statement["Action"])[at if key == "Action" else 0])

    def take_out(resources: Document) -> None:
        _, changed = granted(resources, place)
        rest = listed(changed[key])
        del rest[at]
        changed[key] = rest or "none:None"

    found = findings(take_out)

    for subject in subjects(owner):
        assert [each for each in found if each.startswith(f"{subject} calls {action} on ")], found


@pytest.mark.parametrize("place", range(len(STATEMENTS)))
def test_a_statement_that_denies_is_named(place: int) -> None:
    owner, statement = STATEMENTS[place]

    found = findings(lambda resources: granted(resources, place)[1].update(Effect="Deny"))

    calls = len(listed(statement["Action"])) * len(listed(statement["Resource"]))
    denied = [each for each in found if "denies: remove the Deny" in each]
    assert len(denied) == calls * len(subjects(owner)), found


@pytest.mark.parametrize(
    "place",
    [place for place, (_, its) in enumerate(STATEMENTS) if its["Resource"] != "*"],
)
def test_a_resource_that_is_wider_than_needed_is_named(place: int) -> None:
    found = findings(lambda resources: granted(resources, place)[1].update(Resource="*"))

    assert found
    assert all("on *, which is more than is needed: grant " in each for each in found), found


@pytest.mark.parametrize("place", range(len(STATEMENTS)))
def test_an_action_that_is_wider_than_needed_is_named(place: int) -> None:
    def widen(resources: Document) -> None:
        _, statement = granted(resources, place)
        service = str(listed(statement["Action"])[0]).partition(":")[0]
        statement["Action"] = f"{service}:*"

    found = findings(widen)

    assert found
    assert all("which is more than is needed: grant " in each for each in found), found


@pytest.mark.parametrize("role", properties(RESOURCES, "ReadDatabaseSecret")["Roles"], ids=str)
def test_a_role_that_may_not_read_the_databases_password_is_named(role: Document) -> None:
    name = role["Ref"].removesuffix("Role")

    assert_found(
        lambda resources: properties(resources, "ReadDatabaseSecret")["Roles"].remove(role),
        f"{name} calls secretsmanager:GetSecretValue on arn:aws:secretsmanager:",
    )


@pytest.mark.parametrize("place", range(len(STATEMENTS)))
def test_a_condition_that_is_never_met_is_named(place: int) -> None:
    never = {"Bool": {"aws:SecureTransport": "false"}}

    found = findings(lambda resources: granted(resources, place)[1].update(Condition=never))

    assert [each for each in found if "does not allow" in each] == found != []


@pytest.mark.parametrize(
    "function", [n for n, its in RESOURCES.items() if its["Type"] == "AWS::Serverless::Function"]
)
def test_a_permission_that_is_not_used_is_named(function: str) -> None:
    unused = {"Effect": "Allow", "Action": "s3:DeleteObject", "Resource": "arn:aws:s3:::b/*"}

    def grant(resources: Document) -> None:
        properties(resources, function).setdefault("Policies", []).append({"Statement": [unused]})

    assert_found(
        grant,
        f"{function}Role grants s3:DeleteObject on arn:aws:s3:::b/*, which {function} never calls",
    )


def test_a_permission_that_is_granted_twice_is_named() -> None:
    def repeat(resources: Document) -> None:
        (policy,) = properties(resources, "BackUpOrderFunction")["Policies"]
        policy["Statement"] *= 2

    assert_found(repeat, "BackUpOrderFunctionRole grants s3:PutObject on arn:aws:s3:::backups/ord")


def test_a_resource_that_is_too_narrow_is_named_with_what_is_needed() -> None:
    def narrow(resources: Document) -> None:
        (policy,) = properties(resources, "BackUpOrderFunction")["Policies"]
        policy["Statement"][0]["Resource"] = "arn:aws:s3:::backups/orders/2026/*"

    assert_found(
        narrow,
        "BackUpOrderFunction calls s3:PutObject on arn:aws:s3:::backups/orders/*, which "
        "BackUpOrderFunctionRole does not allow (it allows it on arn:aws:s3:::backups/orders/2026/",
    )


def test_a_bucket_that_denies_its_functions_is_named() -> None:
    def deny_always(resources: Document) -> None:
        (statement,) = properties(resources, "OrderBackupBucketPolicy")["PolicyDocument"][
            "Statement"
        ]
        del statement["Condition"]

    found = findings(deny_always)

    assert any(
        each.startswith("BackUpOrderFunction calls s3:PutObject on ")
        and "which BackUpOrderFunctionRole denies" in each
        for each in found
    )


def test_a_function_that_is_substituted_and_not_run_is_kept_for_orders_in_flight() -> None:
    def keep(resources: Document) -> None:
        resources["OldFunction"] = deepcopy(resources["BackUpOrderFunction"])
        machine = properties(resources, "OrderProcessingStateMachine")
        machine["DefinitionSubstitutions"]["OldFunction"] = {"Ref": "OldFunction.Version"}
        resource = {"Fn::Sub": "${OldFunction.Arn}:*"}
        machine["Policies"][0]["Statement"][0]["Resource"].append(resource)

    assert findings(keep) == []


def test_a_function_that_no_state_runs_need_not_be_invoked() -> None:
    def invoke_another(resources: Document) -> None:
        machine = properties(resources, "OrderProcessingStateMachine")
        run = machine["Policies"][0]["Statement"][0]
        run["Resource"].append({"Fn::Sub": "${GetOrderFunction.Arn}:*"})

    assert_found(
        invoke_another, "OrderProcessingStateMachineRole grants lambda:InvokeFunction on arn:aws:l"
    )


@pytest.mark.parametrize(
    ("permission", "words"),
    [
        (
            Permission("s3:PutObjects", BACKUPS),
            "deployment/iam_actions.py does not know the action",
        ),
        (Permission("s3:PutObject", BUCKET), "which is not a resource of this action: it needs"),
    ],
)
def test_a_permission_that_aws_does_not_have_is_named_though_code_and_template_agree(
    monkeypatch: pytest.MonkeyPatch, permission: Permission, words: str
) -> None:
    monkeypatch.setitem(vars(backups.put_backup), "permissions", (permission,))

    def grant(resources: Document) -> None:
        for name in ("BackUpOrderFunction", "ReconcileFunction"):
            (policy,) = properties(resources, name)["Policies"]
            for statement in policy["Statement"]:
                if "s3:PutObject" in listed(statement["Action"]):
                    statement["Action"] = permission.action
                    statement["Resource"] = permission.resource.arn("backups")

    found = [each for each in findings(grant) if each.startswith("BackUpOrderFunction")]

    (sentence,) = found
    assert words in sentence


@pytest.mark.parametrize(
    ("call", "function"),
    [
        (backups.put_backup, "BackUpOrderFunction"),
        (credentials._secret, "PersistOrderFunction"),  # noqa: SLF001  # it imports boto3 itself
    ],
)
def test_a_call_that_declares_no_permission_is_named(
    monkeypatch: pytest.MonkeyPatch, call: Callable[..., object], function: str
) -> None:
    monkeypatch.delitem(vars(call), "permissions")

    found = findings(lambda _: None)

    name = f"{call.__module__}.{call.__qualname__}"
    assert any(each.startswith(f"{name} calls AWS for {function}, and does not") for each in found)
