"""What boto3 sees when its role does not allow a call."""

import json
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tests.local.iam.conftest import BUCKET
from tests.local.moto import SETTINGS, Moto
from tests.local.small_stack import aws_client

USER = "User: arn:aws:sts::123456789012:assumed-role"


def as_role(moto: Moto, role: str, service: str) -> Any:  # noqa: ANN401  # made at run time
    return aws_client(service, moto.url, SETTINGS | {"AWS_ACCESS_KEY_ID": role})


def refusal(call: Any, **arguments: Any) -> tuple[int, str, str]:  # noqa: ANN401
    """The status, the code and the message of a call that is refused."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    response = error.value.response
    words = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], words["Code"], words["Message"]


def execution(moto: Moto, name: str) -> str:
    return f"{moto.machine.replace(':stateMachine:', ':execution:')}:{name}"


def start(moto: Moto, role: str, name: str) -> str:
    client = as_role(moto, role, "stepfunctions")
    event = json.dumps({"do": "count"})
    answer = client.start_execution(stateMachineArn=moto.machine, name=name, input=event)
    return str(answer["executionArn"])


def test_step_functions_performs_what_the_role_allows(guarded: Moto) -> None:
    arn = start(guarded, "Starts", str(uuid4()))

    found = as_role(guarded, "Looks", "stepfunctions").describe_execution(executionArn=arn)

    assert found["executionArn"] == arn


def test_step_functions_names_user_action_resource_and_reason(guarded: Moto) -> None:
    arn = execution(guarded, "one")
    describe = as_role(guarded, "Starts", "stepfunctions").describe_execution

    assert refusal(describe, executionArn=arn) == (
        400,
        "AccessDeniedException",
        (
            f"{USER}/Starts/local is not authorized to perform: states:DescribeExecution on "
            f"resource: {arn} because no identity-based policy allows the states:DescribeExecution "
            "action"
        ),
    )


def test_an_unknown_machine_is_a_refusal_for_whoever_may_not_start_it(guarded: Moto) -> None:
    arguments = {"stateMachineArn": f"{guarded.machine}2", "input": "{}"}
    without = as_role(guarded, "Starts", "stepfunctions").start_execution
    with_permission = guarded.aws("stepfunctions").start_execution

    assert refusal(without, **arguments)[:2] == (400, "AccessDeniedException")
    assert refusal(with_permission, **arguments)[:2] == (400, "StateMachineDoesNotExist")


def test_a_refused_call_has_no_effect(guarded: Moto) -> None:
    name = str(uuid4())
    with pytest.raises(ClientError):
        start(guarded, "Looks", name)

    described = guarded.aws("stepfunctions").describe_execution
    assert refusal(described, executionArn=execution(guarded, name))[1] == "ExecutionDoesNotExist"


def test_s3_refuses_what_a_statement_denies(guarded: Moto) -> None:
    client = as_role(guarded, "Denied", "s3")
    put = {"Bucket": guarded.bucket, "Key": "orders/1.json", "Body": b"{}"}

    assert refusal(client.put_object, **put) == (
        403,
        "AccessDenied",
        (
            f"{USER}/Denied/local is not authorized to perform: s3:PutObject on resource: "
            f"{BUCKET}/orders/1.json with an explicit deny in a policy"
        ),
    )
    assert "Contents" not in client.list_objects_v2(Bucket=guarded.bucket, Prefix="orders/1")


@pytest.mark.parametrize(("role", "status"), [("Lists", 404), ("Reads", 403), ("Nothing", 403)])
def test_a_missing_key_is_told_only_to_whoever_may_list_the_bucket(
    guarded: Moto, role: str, status: int
) -> None:
    client = as_role(guarded, role, "s3")
    missing = {"Bucket": guarded.bucket, "Key": "orders/missing"}

    assert refusal(client.get_object, **missing)[0] == status
    assert refusal(client.head_object, **missing)[0] == status


def test_an_object_is_read_without_the_permission_to_list(guarded: Moto) -> None:
    guarded.aws("s3").put_object(Bucket=guarded.bucket, Key="orders/there", Body=b"1")
    reads = as_role(guarded, "Reads", "s3")

    found = reads.get_object(Bucket=guarded.bucket, Key="orders/there")

    assert found["Body"].read() == b"1"
    assert refusal(reads.list_objects_v2, Bucket=guarded.bucket)[:2] == (403, "AccessDenied")


def test_an_operation_that_is_not_known_is_refused_whatever_the_role_allows(
    guarded: Moto,
) -> None:
    client = as_role(guarded, "Denied", "s3")

    _, code, message = refusal(client.delete_object, Bucket=guarded.bucket, Key="k")

    assert code == "AccessDenied"
    assert message.startswith("local/iam/permissions.py does not know which permission DELETE /")


def test_an_unknown_caller_is_refused(guarded: Moto) -> None:
    start_unknown = as_role(guarded, "Ghost", "stepfunctions").start_execution

    assert refusal(start_unknown, stateMachineArn=guarded.machine, input="{}")[2].endswith(
        "because no role of template.yaml has this access key"
    )
    assert guarded.http.get(f"/{guarded.bucket}?list-type=2").status_code == 403


def test_without_roles_nothing_is_refused(moto: Moto) -> None:
    as_role(moto, "Ghost", "s3").put_object(Bucket=moto.bucket, Key=str(uuid4()), Body=b"{}")
