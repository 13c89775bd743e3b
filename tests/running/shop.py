"""A running stack as its users see it: the API, the functions, the tables and the bucket."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from local.iam import session_token
from local.iam.callers import ADMINISTRATOR
from operations.audit import Window
from operations.doctor.examination import examine
from tests.running.builders import Document, an_order
from tests.running.environment import deployed
from tests.running.tables import Tables
from tests.running.waiting import eventually
from tests.running.walking import TaskFailed

PATIENT = Config(retries={"mode": "standard", "total_max_attempts": 8})
"""A test that was throttled asks again."""
POLL_SECONDS = 0.1
"""Ten DescribeExecution a second are fewer than the 15 that AWS allows."""


def states_entered(history: Iterable[Document]) -> list[str]:
    """The states that an execution entered, in order."""
    entered = [event.get("stateEnteredEventDetails") for event in history]
    return [details["name"] for details in entered if details]


@dataclass
class Shop(Tables):
    """The running stack that this stack.json describes."""

    description: Document
    _clients: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def at(cls, data: Path) -> "Shop":
        """The stack that keeps its data in this folder."""
        description = json.loads((data / "stack.json").read_text())
        return cls(description["environment"], description)

    def pid(self, component: str) -> int:
        """The component's current process id, from stack.json."""
        written = Path(self.description["logs"]).parent / "stack.json"
        return int(json.loads(written.read_text())["pids"][component])

    def close(self) -> None:
        """Close the connections that were opened."""
        super().close()
        for opened in ("api", "control"):
            if opened in self.__dict__:
                getattr(self, opened).close()

    # The API.

    @cached_property
    def api(self) -> httpx.Client:
        """HTTP with the API key."""
        return httpx.Client(
            base_url=self.description["api_url"],
            headers={"x-api-key": self.description["api_key"]},
            timeout=30,
        )

    @property
    def as_administrator(self) -> dict[str, str]:
        """Headers of a caller that is allowed everything, also with --unkind.

        The local services read no more of a signature.
        """
        credential = f"{ADMINISTRATOR}/20261124/us-east-1/lambda"
        return {
            "authorization": f"AWS4-HMAC-SHA256 Credential={credential}",
            session_token.HEADER: self.environment[session_token.VARIABLE],
        }

    @cached_property
    def control(self) -> httpx.Client:
        """HTTP to the functions and to the injection of faults."""
        return httpx.Client(timeout=30, headers=self.as_administrator)

    def create(self, *lines: Document, **order: str) -> str:
        """POST an order that must be accepted; returns its id."""
        answer = self.api.post("/orders", json=an_order(*lines, **order))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order_id"])

    def status(self, order_id: str) -> Document:
        """GET /status."""
        answer = self.api.get(f"/status/{order_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def end(self, order_id: str, seconds: float = 60) -> Document:
        """The status of the execution once it has ended."""

        def ended() -> None:
            assert self._execution(order_id)["status"] != "RUNNING"

        eventually(ended, seconds, POLL_SECONDS)
        return self.status(order_id)

    def _execution(self, order_id: str) -> Document:
        """Step Functions' description; raises AssertionError while it does not show one."""
        engine = self.aws("stepfunctions")
        try:
            found = engine.describe_execution(executionArn=self.execution_arn(order_id))
        except engine.exceptions.ExecutionDoesNotExist as error:
            raise AssertionError(order_id) from error
        return dict(found)

    def running(self) -> list[str]:
        """The orders whose execution is running, or is still shown as running."""
        answer = self.control.get(f"{self.description['aws_url']}/faults").raise_for_status()
        return list(answer.json()["running"])

    def execution_arn(self, order_id: str) -> str:
        """The order's execution, which is named after it."""
        machine = self.environment["STATE_MACHINE_ARN"]
        return f"{machine.replace(':stateMachine:', ':execution:')}:{order_id}"

    def processed(self, *lines: Document) -> str:
        """An order that was processed; returns its id."""
        order_id = self.create(*lines)
        assert self.end(order_id)["status"] == "SUCCEEDED"
        return order_id

    def abort(self, order_id: str) -> None:
        """Stop the order's execution, as an operator would."""
        self.aws("stepfunctions").stop_execution(executionArn=self.execution_arn(order_id))

    def start_by_hand(self, name: str, document: object) -> None:
        """Start an execution as an operator may, with any input."""
        arn = self.environment["STATE_MACHINE_ARN"]
        engine = self.aws("stepfunctions")
        engine.start_execution(stateMachineArn=arn, name=name, input=json.dumps(document))

    def path(self, order_id: str) -> list[str]:
        """The states that the order's execution entered, in order."""
        return states_entered(self.history(order_id))

    def retries(self, order_id: str) -> int:
        """How many attempts of tasks failed in the order's execution."""
        return sum(e["type"] in ("TaskFailed", "TaskTimedOut") for e in self.history(order_id))

    def history(self, order_id: str) -> list[Document]:
        """The events of the order's execution."""
        execution = eventually(lambda: self._execution(order_id), every=POLL_SECONDS)
        engine = self.aws("stepfunctions")
        answer = engine.get_execution_history(executionArn=execution["executionArn"])
        return list(answer["events"])

    # The functions.

    def invoke(self, function: str, event: Document) -> Document:
        """Run a function's handler in its own worker; raises TaskFailed."""
        url = f"{self.description['lambda_url']}/2015-03-31/functions/{function}/invocations"
        answer = self.control.post(url, json=event)
        document = answer.json()
        if "x-amz-function-error" in answer.headers:
            raise TaskFailed(document)
        return dict(document)

    @contextmanager
    def failing(self, **faults: list[Document]) -> Iterator[None]:
        """Inject faults into functions, by state name: `failing(BackUpOrder=[...])`."""
        try:
            for state, planned in faults.items():
                self.plan(state, *planned)
            yield
        finally:
            self.clear_faults()

    def plan(self, state: str, *faults: Document) -> None:
        """Add faults to a state's function; their `where` limits them to some events."""
        url = f"{self.description['lambda_url']}/faults/{state}Function"
        self.control.post(url, json=faults).raise_for_status()

    def plan_aws(self, operation: str, *faults: Document) -> None:
        """Add faults to an operation of S3 or Step Functions, such as PutObject."""
        url = f"{self.description['aws_url']}/faults/{operation}"
        self.control.post(url, json=faults).raise_for_status()

    def unplan(self, state: str) -> None:
        """Remove the planned faults of the state's function, and release what is held there."""
        url = f"{self.description['lambda_url']}/faults/{state}Function"
        self.control.put(url, json=[]).raise_for_status()

    def unplan_aws(self, operation: str) -> None:
        """Remove the planned faults of an operation of S3 or Step Functions."""
        url = f"{self.description['aws_url']}/faults/{operation}"
        self.control.put(url, json=[]).raise_for_status()

    def clear_faults(self) -> None:
        """Remove all planned faults, and release what is held."""
        for address in ("lambda_url", "aws_url"):
            self.control.delete(f"{self.description[address]}/faults").raise_for_status()

    def invocations(self, which: str) -> Document:
        """How many invocations are "held" by a fault, or "running", by function."""
        answer = self.control.get(f"{self.description['lambda_url']}/faults")
        return dict(answer.raise_for_status().json()[which])

    def planned(self) -> list[Document]:
        """The faults that are planned and not used up."""
        found = []
        for address in ("lambda_url", "aws_url"):
            answer = self.control.get(f"{self.description[address]}/faults").raise_for_status()
            found += [fault for faults in answer.json()["planned"].values() for fault in faults]
        return found

    def until_held(self, state: str, times: int = 1) -> None:
        """Wait until so many invocations of the state's function are held."""

        def held() -> None:
            assert self.invocations("held").get(f"{state}Function", 0) >= times

        eventually(held)

    def until_idle(self) -> None:
        """Wait until no invocation is running, late ones included."""

        def idle() -> None:
            assert self.invocations("running") == {}

        eventually(idle)

    def definition(self) -> Document:
        """The state machine as the engine has it."""
        arn = self.environment["STATE_MACHINE_ARN"]
        answer = self.aws("stepfunctions").describe_state_machine(stateMachineArn=arn)
        return dict(json.loads(answer["definition"]))

    @contextmanager
    def machine_timeout(self, seconds: int) -> Iterator[None]:
        """Set the machine's timeout, in seconds, for executions that start in this context."""
        arn = self.environment["STATE_MACHINE_ARN"]
        engine = self.aws("stepfunctions")
        definition = engine.describe_state_machine(stateMachineArn=arn)["definition"]
        hasty = json.dumps(json.loads(definition) | {"TimeoutSeconds": seconds})
        engine.update_state_machine(stateMachineArn=arn, definition=hasty)
        try:
            yield
        finally:
            engine.update_state_machine(stateMachineArn=arn, definition=definition)

    # The operator's commands.

    def command(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m operations.doctor` or the like against this stack."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=os.environ | self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def findings(self) -> list[Document]:
        """What the doctor finds. It runs in this process, which is faster than the command."""
        with deployed(self.environment):
            found = examine(Window(older_than=0))
        return [finding.model_dump() for finding in found.findings]

    def reconcile(self, **request: object) -> dict[str, str]:
        """Run the reconciler's function, young orders included: outcomes by order id."""
        answer = self.invoke("ReconcileFunction", {"older_than": 0, "per_second": 1000} | request)
        return {each["order_id"]: each["outcome"] for each in answer["outcomes"]}

    # The bucket.

    def backups(self, order_id: str) -> list[Document]:
        """Every object that belongs to the order: its key, headers and document."""
        s3, bucket = self.aws("s3"), self.environment["S3_BUCKET"]
        listed = s3.list_objects_v2(Bucket=bucket, Prefix="orders/").get("Contents", [])
        keys = [entry["Key"] for entry in listed if order_id in entry["Key"]]
        objects = {key: s3.get_object(Bucket=bucket, Key=key) for key in keys}
        return [
            {"key": key, "head": found, "document": json.load(found["Body"])}
            for key, found in objects.items()
        ]

    def lose_backup(self, order_id: str) -> None:
        """Delete the order's backup."""
        (backup,) = self.backups(order_id)
        bucket = self.environment["S3_BUCKET"]
        self.aws("s3").delete_object(Bucket=bucket, Key=backup["key"])

    def aws(self, service: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
        """A client, which costs 20 ms to make, and so is kept."""
        if service not in self._clients:
            self._clients[service] = self._client(service)
        return self._clients[service]

    def _client(self, service: str) -> Any:  # noqa: ANN401 - as above
        url = self.description["step_functions_url" if service != "s3" else "aws_url"]
        settings = self.environment
        return boto3.client(
            service,
            endpoint_url=url,
            region_name=settings["AWS_REGION"],
            aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=settings["AWS_SESSION_TOKEN"],
            config=PATIENT,
        )
