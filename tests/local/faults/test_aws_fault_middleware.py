"""Faults of S3 and Step Functions, as boto3 sees them."""

import json
import time
from collections.abc import Callable  # noqa: TC003  # a local variable's type
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.local.moto import Moto, moto_alone
from tests.local.small_stack import until_gone
from tests.running.waiting import eventually


def put(moto: Moto, key: str, body: bytes = b"{}") -> None:
    moto.aws("s3").put_object(Bucket=moto.bucket, Key=key, Body=body)


def stored(moto: Moto, prefix: str) -> list[str]:
    listed = moto.aws("s3").list_objects_v2(Bucket=moto.bucket, Prefix=prefix)
    return [entry["Key"] for entry in listed.get("Contents", [])]


def start(moto: Moto, name: str, **event: str) -> None:
    moto.aws("stepfunctions").start_execution(
        stateMachineArn=moto.machine, name=name, input=json.dumps({"do": "count", **event})
    )


def started(moto: Moto) -> list[str]:
    listed = moto.aws("stepfunctions").list_executions(stateMachineArn=moto.machine)
    return [execution["name"] for execution in listed["executions"]]


def status_code_and_message(error: ClientError) -> tuple[int, str, str]:
    response = error.response
    words = response["Error"]
    return response["ResponseMetadata"]["HTTPStatusCode"], words["Code"], words["Message"]


@pytest.mark.parametrize(("when", "times_performed"), [("before", 0), ("after", 1)])
def test_an_object_is_stored_or_not_when_s3_responds_with_an_error(
    moto: Moto, when: str, times_performed: int
) -> None:
    key = str(uuid4())
    moto.plan("PutObject", {"kind": "error", "when": when})
    with pytest.raises(ClientError) as error:
        put(moto, key)
    assert status_code_and_message(error.value) == (500, "InternalError", "injected fault")
    assert stored(moto, key) == [key] * times_performed
    put(moto, key)


@pytest.mark.parametrize(("when", "times_performed"), [("before", 0), ("after", 1)])
def test_an_execution_is_started_or_not_when_step_functions_responds_with_an_error(
    moto: Moto, when: str, times_performed: int
) -> None:
    name = str(uuid4())
    moto.plan("StartExecution", {"kind": "error", "when": when})
    with pytest.raises(ClientError) as error:
        start(moto, name)
    expected = (500, "InternalServerException", "injected fault")
    assert status_code_and_message(error.value) == expected
    assert started(moto).count(name) == times_performed
    start(moto, str(uuid4()))


def test_every_operation_has_faults_of_its_own(moto: Moto) -> None:
    bucket, key = moto.bucket, str(uuid4())
    put(moto, key)
    s3 = moto.aws("s3")
    calls: dict[str, Callable[[], object]] = {
        "PutObject": lambda: put(moto, key),
        "GetObject": lambda: s3.get_object(Bucket=bucket, Key=key),
        "HeadObject": lambda: s3.head_object(Bucket=bucket, Key=key),
        "ListObjectsV2": lambda: s3.list_objects_v2(Bucket=bucket),
    }
    for operation, call in calls.items():
        moto.plan(operation, {"kind": "error", "status": 503})
        for name, other in calls.items():
            if name != operation:
                other()
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


def test_an_error_has_the_status_and_the_code_of_its_fault(moto: Moto) -> None:
    moto.plan("DescribeExecution", {"kind": "error", "status": 400, "code": "ThrottlingException"})
    with pytest.raises(ClientError) as error:
        moto.aws("stepfunctions").describe_execution(executionArn="arn:aws:x")
    assert status_code_and_message(error.value)[:2] == (400, "ThrottlingException")


def test_a_fault_is_triggered_by_the_requests_that_contain_its_text(moto: Moto) -> None:
    by_key, by_body, order = str(uuid4()), str(uuid4()), str(uuid4())
    moto.plan(
        "PutObject",
        {"kind": "error", "where": {"contains": by_key}},
        {"kind": "error", "where": {"contains": by_body}, "times": None},
    )
    moto.plan("StartExecution", {"kind": "error", "where": {"contains": order}})
    put(moto, "another")
    start(moto, str(uuid4()))
    for triggers in (
        partial(put, moto, by_key),
        partial(put, moto, "some", by_body.encode()),
        partial(put, moto, "some", by_body.encode()),
        partial(start, moto, str(uuid4()), order=order),
    ):
        with pytest.raises(ClientError):
            triggers()
    put(moto, by_key)
    start(moto, str(uuid4()), order=order)


def test_put_replaces_faults_post_adds_and_delete_removes_them(moto: Moto) -> None:
    for text in ("first", "second"):
        moto.plan_more("PutObject", {"kind": "error", "where": {"contains": text}})
    for text in ("second", "first"):
        with pytest.raises(ClientError):
            put(moto, text)
    moto.plan("PutObject", {"kind": "error"})
    moto.plan("PutObject", {"kind": "error", "status": 503, "times": 2})
    (remaining,) = moto.http.get("/faults").json()["planned"]["PutObject"]
    assert (remaining["status"], remaining["times"]) == (503, 2)
    assert moto.http.delete("/faults/PutObject").status_code == 204
    put(moto, "first")


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_slow_operation_is_performed(moto: Moto, when: str) -> None:
    key = str(uuid4())
    moto.plan("PutObject", {"kind": "slow", "seconds": 0.5, "when": when})
    began = time.monotonic()
    put(moto, key)
    assert time.monotonic() - began >= 0.5
    assert stored(moto, key) == [key]


def test_a_slow_request_does_not_hold_up_others(moto: Moto) -> None:
    moto.plan("StartExecution", {"kind": "slow", "seconds": 3600, "where": {"contains": "stuck"}})
    target = {"x-amz-target": "AWSStepFunctions.StartExecution"}
    with pytest.raises(httpx.ReadTimeout):
        moto.http.post("/", headers=target, json={"name": "stuck"}, timeout=0.5)
    start(moto, str(uuid4()))


@pytest.mark.parametrize(("when", "times_performed"), [("before", 0), ("after", 1)])
def test_a_cut_connection_leaves_the_client_without_an_answer(
    moto: Moto, when: str, times_performed: int
) -> None:
    name = str(uuid4())
    moto.plan("StartExecution", {"kind": "cut", "when": when})
    with pytest.raises(ConnectionClosedError):
        start(moto, name)
    assert started(moto).count(name) == times_performed
    start(moto, str(uuid4()))


def test_a_fault_for_some_seconds_ends_by_itself(moto: Moto) -> None:
    key = str(uuid4())
    moto.plan("PutObject", {"kind": "error", "for_seconds": 0.5})

    def put_again() -> None:
        with suppress(ClientError):
            return put(moto, key)
        raise AssertionError

    for _ in range(2):
        with pytest.raises(ClientError):
            put(moto, key)
    eventually(put_again)


@pytest.mark.parametrize(
    "fault",
    [{"kind": "slow"}, {"kind": "error", "status": 200}, {"kind": "error", "where": {"key": "a"}}],
)
def test_an_unknown_fault_is_refused(moto: Moto, fault: dict[str, Any]) -> None:
    assert moto.plan("PutObject", fault).status_code == 400
    put(moto, str(uuid4()))


def test_without_the_option_there_are_no_faults_to_plan(
    starts_a_stack: None, tmp_path: Path
) -> None:
    with moto_alone(tmp_path / "log", "1") as moto:
        assert moto.plan("PutObject", {"kind": "error"}).status_code == 404
        put(moto, "a key")


@pytest.mark.parametrize("how", ["at once", "after an operation"])
def test_moto_can_be_killed(starts_a_stack: None, tmp_path: Path, how: str) -> None:
    with moto_alone(tmp_path / "log", "1", "--faults") as moto:
        process = psutil.Process(moto.pid)
        moto.plan("StartExecution", {"kind": "kill", "when": "after"})
        with pytest.raises((httpx.TransportError, ConnectionClosedError)):
            moto.http.post("/faults/kill") if how == "at once" else start(moto, "last")
        until_gone([process])
