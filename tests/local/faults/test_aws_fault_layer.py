"""Faults of S3 and Step Functions, as boto3 sees them."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from botocore.exceptions import ClientError

from tests.local.small_stack import Running


@pytest.fixture(autouse=True)
def _no_fault_left(cloud: Running) -> Iterator[None]:
    yield
    assert cloud.http.delete(cloud.stack["aws_url"] + "/faults").status_code == 204


def plan(cloud: Running, operation: str, *faults: dict[str, Any]) -> httpx.Response:
    return cloud.http.put(f"{cloud.stack['aws_url']}/faults/{operation}", json=faults)


def put(cloud: Running, key: str, body: bytes = b"{}") -> None:
    bucket = cloud.stack["environment"]["S3_BUCKET"]
    cloud.client("s3", retry=False).put_object(Bucket=bucket, Key=key, Body=body)


def kept(cloud: Running, prefix: str) -> list[str]:
    bucket = cloud.stack["environment"]["S3_BUCKET"]
    listed = cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def begin(cloud: Running, name: str, **event: str) -> str:
    answer = cloud.client("stepfunctions", retry=False).start_execution(
        stateMachineArn=cloud.stack["environment"]["STATE_MACHINE_ARN"],
        name=name,
        input=json.dumps({"do": "count", **event}),
    )
    return str(answer["executionArn"])


def started(cloud: Running) -> list[str]:
    machine = cloud.stack["environment"]["STATE_MACHINE_ARN"]
    listed = cloud.client("stepfunctions").list_executions(stateMachineArn=machine)
    return [execution["name"] for execution in listed["executions"]]


def refused(error: ClientError) -> tuple[int, str, str]:
    response = error.response
    said = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], said["Code"], said["Message"]


@pytest.mark.parametrize(("when", "times_done"), [("before", 0), ("after", 1)])
def test_an_object_may_be_stored_or_not_when_s3_answers_an_error(
    cloud: Running, when: str, times_done: int
) -> None:
    key = str(uuid4())
    plan(cloud, "PutObject", {"kind": "error", "when": when})
    with pytest.raises(ClientError) as error:
        put(cloud, key)
    assert refused(error.value) == (500, "InternalError", "injected fault")
    assert kept(cloud, key) == [key] * times_done
    put(cloud, key)


@pytest.mark.parametrize(("when", "times_done"), [("before", 0), ("after", 1)])
def test_an_execution_may_be_started_or_not_when_step_functions_answers_an_error(
    cloud: Running, when: str, times_done: int
) -> None:
    name = str(uuid4())
    plan(cloud, "StartExecution", {"kind": "error", "when": when})
    with pytest.raises(ClientError) as error:
        begin(cloud, name)
    assert refused(error.value) == (500, "InternalServerException", "injected fault")
    assert started(cloud).count(name) == times_done
    begin(cloud, str(uuid4()))


def test_every_operation_has_its_own_faults(cloud: Running) -> None:
    bucket, key = cloud.stack["environment"]["S3_BUCKET"], str(uuid4())
    put(cloud, key)
    s3 = cloud.client("s3", retry=False)
    calls: dict[str, Callable[[], object]] = {
        "PutObject": lambda: put(cloud, key),
        "GetObject": lambda: s3.get_object(Bucket=bucket, Key=key),
        "HeadObject": lambda: s3.head_object(Bucket=bucket, Key=key),
        "ListObjectsV2": lambda: s3.list_objects_v2(Bucket=bucket),
    }
    for operation, call in calls.items():
        plan(cloud, operation, {"kind": "error", "status": 503})
        for name, other in calls.items():
            if name != operation:
                other()
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_an_error_has_the_status_and_the_code_it_was_given(cloud: Running) -> None:
    fault = {"kind": "error", "status": 400, "code": "ThrottlingException"}
    plan(cloud, "DescribeExecution", fault)
    with pytest.raises(ClientError) as error:
        cloud.client("stepfunctions", retry=False).describe_execution(executionArn="arn:aws:x")
    assert refused(error.value)[:2] == (400, "ThrottlingException")


def test_a_fault_strikes_the_requests_that_contain_its_text(cloud: Running) -> None:
    by_key, by_body, order = str(uuid4()), str(uuid4()), str(uuid4())
    plan(
        cloud,
        "PutObject",
        {"kind": "error", "where": {"contains": by_key}},
        {"kind": "error", "where": {"contains": by_body}, "times": None},
    )
    plan(cloud, "StartExecution", {"kind": "error", "where": {"contains": order}})
    put(cloud, "another")
    begin(cloud, str(uuid4()))
    for struck in (
        lambda: put(cloud, by_key),
        lambda: put(cloud, "some", by_body.encode()),
        lambda: put(cloud, "some", by_body.encode()),
        lambda: begin(cloud, str(uuid4()), order=order),
    ):
        with pytest.raises(ClientError):
            struck()
    put(cloud, by_key)
    begin(cloud, str(uuid4()), order=order)


def test_planning_more_leaves_what_was_planned(cloud: Running) -> None:
    url = f"{cloud.stack['aws_url']}/faults/PutObject"
    for text in ("first", "second"):
        cloud.http.post(url, json=[{"kind": "error", "where": {"contains": text}}])
    for text in ("second", "first"):
        with pytest.raises(ClientError):
            put(cloud, text)
    plan(cloud, "PutObject", {"kind": "error"})
    assert cloud.http.delete(url).status_code == 204
    put(cloud, "first")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_slow_operation_is_done_all_the_same(cloud: Running, when: str) -> None:
    key = str(uuid4())
    plan(cloud, "PutObject", {"kind": "slow", "seconds": 0.5, "when": when})
    began = time.monotonic()
    put(cloud, key)
    assert time.monotonic() - began >= 0.5
    assert kept(cloud, key) == [key]


def test_one_slow_request_holds_up_no_other(cloud: Running) -> None:
    plan(cloud, "StartExecution", {"kind": "slow", "seconds": 3600, "where": {"contains": "stuck"}})
    url = cloud.stack["aws_url"]
    target = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(url, headers=target, json={"name": "stuck"}, timeout=0.5)
    begin(cloud, str(uuid4()))


@pytest.mark.parametrize(
    "fault",
    [{"kind": "slow"}, {"kind": "error", "status": 200}, {"kind": "error", "where": {"key": "a"}}],
)
def test_a_fault_that_does_not_exist_is_refused(cloud: Running, fault: dict[str, Any]) -> None:
    assert plan(cloud, "PutObject", fault).status_code == 400
    put(cloud, str(uuid4()))


def test_without_the_option_nothing_can_be_planned(
    start: Callable[..., Running], tmp_path: Path
) -> None:
    running = start(tmp_path)
    assert plan(running, "PutObject", {"kind": "error"}).status_code == 404
    assert running.plan({"kind": "kill"}).status_code == 404
    put(running, "a key")
    assert "errorType" not in running.act("count")
