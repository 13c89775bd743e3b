"""Machines that use more of ASL than the checks understand: each is refused with a reason."""

from typing import Any

import pytest

from tests.workflows.machines import (
    DEPLOYED,
    Change,
    Definition,
    States,
    after,
    assert_sentences,
    changed,
)
from workflows.checks.asl import INVOKE
from workflows.rules.proof import findings

BRANCH = {"StartAt": "X", "States": {"X": {"Type": "Pass", "End": True}}}
IS_LARGE = {"Variable": "$.total_amount", "NumericGreaterThan": 1000, "Next": "BackUpOrder"}


def found(change: Change) -> list[str]:
    return findings(changed(change), DEPLOYED)


@pytest.mark.parametrize(
    ("kind", "more", "why"),
    [
        (
            "Choice",
            {"Choices": [IS_LARGE]},
            "it compares fields without their types, so let a task",
        ),
        ("Map", {"ItemsPath": "$.items", "ItemProcessor": BRANCH}, "let one task handle all items"),
        ("Parallel", {"Branches": [BRANCH]}, "let one state follow the other"),
        ("Pass", {"Result": {"order_id": "1"}}, "it can replace the order"),
        ("Succeed", {}, "give the last Task End"),
        ("Wait", {"Seconds": 60}, "raise an Unavailable error in a task, and its Retry waits"),
    ],
)
def test_a_state_of_another_type(kind: str, more: dict[str, Any], why: str) -> None:
    def change(_: Definition, states: States) -> None:
        states["Extra"] = {"Type": kind, "Comment": "x", "Next": after("CheckInventory"), **more}
        states["CheckInventory"]["Next"] = "Extra"

    assert_sentences(found(change), f"Extra has the Type {kind}, which no check understands: {why}")


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("Arguments", "{% $states.input %}", "the checks understand JSONPath only"),
        ("Assign", {"key.$": "$.backup_key"}, "a variable would pass the order's documents by"),
        (
            "Credentials",
            {"RoleArn": "arn:aws:iam::1:role/x"},
            "tasks run under the state machine's",
        ),
        ("HeartbeatSeconds", 5, "functions send no heartbeats"),
        ("InputPath", "$.order", "let the task's own input and output models say"),
        ("InputPath", None, "let the task's own input and output models say"),
        ("Output", "{% $states.result %}", "the checks understand JSONPath only"),
        ("QueryLanguage", "JSONata", "the checks understand JSONPath only"),
        ("ResultPath", None, "let the task's own input and output models say"),
        ("ResultPath", "$.backup", "let the task's own input and output models say"),
        ("ResultSelector", {"a.$": "$.Payload.a"}, "let the task's own input and output models"),
        ("TimeoutSecondsPath", "$.timeout", "a timeout from the payload has no worst case"),
    ],
)
def test_another_field_of_a_task(field: str, value: object, why: str) -> None:
    def change(_: Definition, states: States) -> None:
        states["BackUpOrder"][field] = value

    assert_sentences(
        found(change), f"BackUpOrder: {field} is a field that no check understands: {why}"
    )


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("InvocationType", "Event", "the state waits for its function's result"),
        ("Payload", {"order_id": "1"}, "a constant is no order, so use Payload.$"),
        ("Qualifier", "7", "the substitution names the function's version"),
    ],
)
def test_another_parameter_of_a_task(field: str, value: object, why: str) -> None:
    def change(_: Definition, states: States) -> None:
        states["BackUpOrder"]["Parameters"][field] = value

    assert_sentences(
        found(change),
        f"BackUpOrder: Parameters.{field} is a field that no check understands: {why}",
    )


@pytest.mark.parametrize(("field", "value"), [("QueryLanguage", "JSONata"), ("Version", "1.0")])
def test_another_field_of_the_machine(field: str, value: str) -> None:
    def change(machine: Definition, _: States) -> None:
        machine[field] = value

    assert_sentences(found(change), f"The machine: {field} is a field that no check understands: ")


@pytest.mark.parametrize(
    ("resource", "parameters", "why"),
    [
        (
            "arn:aws:states:::sqs:sendMessage",
            {"QueueUrl": "q", "MessageBody.$": "$"},
            "only a task declares its input, output and errors, so call the service from one",
        ),
        (
            "arn:aws:states:::aws-sdk:s3:putObject",
            {"Bucket": "b", "Body.$": "$"},
            "only a task declares its input, output and errors, so call the service from one",
        ),
        (
            f"{INVOKE}.waitForTaskToken",
            None,
            "no task answers a callback, and the state would wait",
        ),
        ("${BackUpOrderFunction}", None, "with a function's own ARN the Lambda.* error names are"),
    ],
)
def test_a_task_of_another_service(
    resource: str, parameters: dict[str, str] | None, why: str
) -> None:
    def change(_: Definition, states: States) -> None:
        state = states["BackUpOrder"]
        state |= {"Resource": resource, "Parameters": parameters or state["Parameters"]}

    assert_sentences(found(change), f"BackUpOrder: Resource must be {INVOKE}: {why}")
