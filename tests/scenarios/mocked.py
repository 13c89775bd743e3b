"""Runs the mocked scenarios: on moto's engine, or on one that accepts `ARN#case`.

moto reads the mock format, but has no way to set the file. So its worker is patched to run the
case that the execution is named after.
"""

import json
from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategyDecl,
)
from moto.stepfunctions.parser.backend import execution
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.mocking import mock_config as moto_mocking

from deployment.cloudformation import ACCOUNT, REGION
from local.step_functions import patch_backoffs, patch_parsing
from tests.running.builders import Document
from tests.running.waiting import eventually
from tests.scenarios.mock_config import MACHINE, TARGET
from tests.scenarios.mock_format import MockConfig

CONFIG = MockConfig.model_validate_json(TARGET.read_bytes())
ROLE = f"arn:aws:iam::{ACCOUNT}:role/local"
CLIENT = {
    "region_name": REGION,
    "aws_access_key_id": "test",
    "aws_secret_access_key": "test",
}
Histories = dict[str, list[Document]]


def case_of(execution_name: str) -> str:
    """`too-little-stock_5f2c` runs the case too-little-stock."""
    return execution_name.rpartition("_")[0]


class MockedWorker(ExecutionWorker):
    """Runs the case that the execution is named after."""

    def __init__(self, evaluation_details: Any, **given: Any) -> None:  # noqa: ANN401 - moto's own
        case = moto_mocking._mock_test_case_from_raw(  # noqa: SLF001 - moto has no public function for it
            MACHINE, case_of(evaluation_details.execution_details.name), CONFIG
        )
        super().__init__(evaluation_details, **given, mock_test_case=case)


def on_moto(definition: Document, cases: Iterable[str]) -> Histories:
    """The history of each case on moto's engine, in this process."""
    running: Any = {"stepfunctions": {"execute_state_machine": True}}
    with pytest.MonkeyPatch.context() as patch, mock_aws(config=running):
        patch.setattr(execution, "ExecutionWorker", MockedWorker)
        patch_parsing.install()
        patch.setattr(JitterStrategyDecl, "_eval_body", patch_backoffs.scaled(0))
        engine = boto3.client("stepfunctions", **CLIENT)
        machine = updated(engine, definition)
        return run(engine, dict.fromkeys(cases, machine))


def on(url: str, definition: Document, cases: Iterable[str]) -> Histories:
    """The history of each case on the engine at this URL, which reads asl/mock_config.json."""
    engine = boto3.client("stepfunctions", endpoint_url=url, **CLIENT)
    machine = updated(engine, definition)
    return run(engine, {case: f"{machine}#{case}" for case in cases})


def updated(engine: Any, definition: Document) -> str:  # noqa: ANN401 - boto3 makes its clients
    """Create or update the state machine; returns its ARN."""
    arn, text = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{MACHINE}", json.dumps(definition)
    try:
        engine.update_state_machine(stateMachineArn=arn, definition=text)
    except engine.exceptions.StateMachineDoesNotExist:
        engine.create_state_machine(name=MACHINE, definition=text, roleArn=ROLE)
    return arn


def run(engine: Any, machines: dict[str, str]) -> Histories:  # noqa: ANN401 - as above
    """Start every case, on the machine for it, and wait for each."""
    started = {
        case: engine.start_execution(stateMachineArn=arn, name=f"{case}_{uuid4().hex[:8]}")
        for case, arn in machines.items()
    }
    return {case: ended(engine, begun["executionArn"]) for case, begun in started.items()}


def ended(engine: Any, arn: str) -> list[Document]:  # noqa: ANN401 - as above
    """The history of the execution, once it has ended."""

    def history() -> list[Document]:
        assert engine.describe_execution(executionArn=arn)["status"] != "RUNNING"
        return list(engine.get_execution_history(executionArn=arn)["events"])

    return eventually(history)
