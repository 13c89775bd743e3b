"""The deployed functions in the test's own process: real PostgreSQL, moto's S3 and Step Functions.

Nothing executes the state machine here: an execution that was started stays RUNNING until a
test stops it. What needs the engine, workers or HTTP is tested on a running stack (shop.py).
"""

import importlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws
from moto.backends import get_backend
from starlette.testclient import TestClient

from deployment import template
from local.api_gateway.gateway import Gateway
from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.lambda_context import LambdaContext
from orders import acceptance, read_your_writes, step_functions
from tests.running.builders import Document, an_order
from tests.running.environment import deployed
from tests.running.tables import Tables
from tests.running.walking import FORWARD, TaskFailed

ROOT = Path(__file__).parents[2]
API_KEY = "local-dev-key"
BUCKET = "order-backups"
AWS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
}
TEMPLATE = template.read(
    ROOT / "template.yaml",
    dict.fromkeys(("DbHost", "DbName", "DbUser", "DbPassword"), "any")
    | {"OrderBackupBucket": BUCKET},
)
CONTEXT: Any = LambdaContext(
    function_name="in-process",
    invoked_function_arn="arn",
    memory_limit_in_mb=512,
    aws_request_id="request-1",
    log_group_name="logs",
    log_stream_name="log",
    deadline=0,
)

KEEP_SESSION: Any = {"core": {"reset_boto3_session": False}}
"""A new boto3 session for each module would read the same files of botocore again."""


@dataclass
class InProcess(Tables):
    """Runs the handlers that template.yaml names, and the API in front of them."""

    def invoke(self, function: str, event: Document) -> Document:
        """The handler's output; raises TaskFailed."""
        try:
            return dict(json.loads(json.dumps(handler_of(function)(event, CONTEXT))))
        except Exception as error:
            failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
            raise TaskFailed(failed) from error

    @cached_property
    def api(self) -> httpx.Client:
        """The API with its key: the local gateway in front of the handlers."""
        gateway = Gateway(TEMPLATE.routes, _Runtime(), API_KEY, TEMPLATE.binary_types)  # type: ignore[arg-type]
        client: httpx.Client = TestClient(gateway, headers={"x-api-key": API_KEY})
        return client

    def call_with_key(self, key: str | None, method: str, path: str) -> httpx.Response:
        """Call the API with another key, or with none."""
        del self.api.headers["x-api-key"]
        try:
            headers = {} if key is None else {"x-api-key": key}
            return self.api.request(method, path, headers=headers)
        finally:
            self.api.headers["x-api-key"] = API_KEY

    def create(self, *lines: Document, **order: str) -> str:
        """POST an order that must be accepted; returns its id. Nothing runs its workflow."""
        answer = self.api.post("/orders", json=an_order(*lines, **order))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order_id"])

    def input_of(self, order_id: str) -> Document:
        """The input of the order's execution."""
        execution = step_functions.find_execution(order_id)
        assert execution
        return dict(json.loads(execution["input"]))

    def run(self, order_id: str, *, until: str = FORWARD[-1]) -> None:
        """Run the forward tasks on the order's input, as the engine would."""
        document = self.input_of(order_id)
        for state in FORWARD[: FORWARD.index(until) + 1]:
            document = self.invoke(f"{state}Function", document)

    def processed(self, *lines: Document, **order: str) -> str:
        """An order that went through every task; returns its id."""
        order_id = self.create(*lines, **order)
        self.run(order_id)
        return order_id

    def forget_executions(self) -> None:
        """Let Step Functions forget every execution, as it does after 90 days."""
        for machine in get_backend("stepfunctions")["123456789012"]["us-east-1"].state_machines:
            machine.executions.clear()

    def executions(self) -> list[str]:
        """The names of all executions that Step Functions knows."""
        listed = boto3.client("stepfunctions").list_executions(
            stateMachineArn=self.environment["STATE_MACHINE_ARN"]
        )
        return [execution["name"] for execution in listed["executions"]]

    def backups(self, order_id: str) -> list[Document]:
        """Every object that belongs to the order: its key, headers and document."""
        s3 = boto3.client("s3")
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="orders/").get("Contents", [])
        keys = [entry["Key"] for entry in listed if order_id in entry["Key"]]
        objects = {key: s3.get_object(Bucket=BUCKET, Key=key) for key in keys}
        return [
            {"key": key, "head": found, "document": json.load(found["Body"])}
            for key, found in objects.items()
        ]

    def stop(self, order_id: str) -> None:
        """Abort the order's execution, as an operator would."""
        arn = step_functions.execution_arn(order_id)
        boto3.client("stepfunctions").stop_execution(executionArn=arn)


class _Runtime:
    """What the gateway calls in place of worker processes."""

    async def invoke(self, function: str, event: Document, **_: object) -> InvocationResult:
        """The handler's response, as a worker would return it."""
        return InvocationResult(json.dumps(handler_of(function)(event, CONTEXT)).encode())


def handler_of(function: str) -> Callable[[Document, Any], Any]:
    """The handler that template.yaml names for the function."""
    module, name = TEMPLATE.functions[function].handler.rsplit(".", 1)
    handler: Callable[[Document, Any], Any] = getattr(importlib.import_module(module), name)
    return handler


@contextmanager
def in_process(postgres: dict[str, str]) -> Iterator[InProcess]:
    """Let this process run the deployed functions, until the context ends."""
    environment = {
        **postgres,
        **AWS,
        "S3_BUCKET": BUCKET,
        "STATE_MACHINE_ARN": TEMPLATE.state_machine.arn,
    }
    with (
        mock_aws(config=KEEP_SESSION),
        deployed(environment),
        pytest.MonkeyPatch.context() as patch,
    ):
        # Nothing runs a workflow here, so nobody has to wait for its end.
        patch.setattr(read_your_writes, "SECONDS_BEFORE_ASKING", 0.05)
        patch.setattr(acceptance, "MAX_SECONDS_FOR_FIRST_NOTE", 0.05)
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        _create_state_machine()
        yield InProcess(environment)


def _create_state_machine() -> None:
    machine = TEMPLATE.state_machine
    role = "arn:aws:iam::123456789012:role/local"
    boto3.client("stepfunctions").create_state_machine(
        name=machine.name, definition=machine.definition, roleArn=role
    )
