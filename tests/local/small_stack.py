"""Starts the real command on a small template, and talks to it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import psutil
from botocore.config import Config
from pg8000.native import Connection

from local.iam import session_token
from local.postgres import logins
from local.postgres.logins import OWNER
from local.postgres.socket_folder import SOCKET_NAME
from tests.local.lambda_client import LambdaClient
from tests.running.waiting import eventually

ROOT = Path(__file__).parent.parent.parent
CLOUD = Path(__file__).parent / "cloud"
END_SECONDS = 60.0
STOP_SECONDS = 180.0
"""On a busy machine, a stack whose moto was just killed takes over a minute to stop."""


def command(
    data: Path, *options: str, under: str | None = None, **variables: str
) -> subprocess.Popen[str]:
    """Start `python -m local` on the small template, in a process group of its own.

    `variables` are added to its environment. `under` is a program that runs it, such as nohup.
    """
    arguments = ["--data", str(data), *options]
    for name, value in (("--template", str(CLOUD / "template.yaml")), ("--port", "0")):
        if name not in options:
            arguments += [name, value]
    return subprocess.Popen(
        [*([under] if under else []), sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{CLOUD}", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def failure(process: subprocess.Popen[str]) -> str:
    """The one sentence of a command that cannot start."""
    _, printed = process.communicate(timeout=END_SECONDS)
    assert process.returncode == 1
    assert printed.count("\n") == 1, printed
    return printed


def described(data: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    """stack.json, once this process has written it: a killed one leaves its own behind."""
    written = data / "stack.json"
    stack: dict[str, Any] = json.loads(written.read_text()) if written.exists() else {}
    return stack if stack and stack["pids"]["local"] == process.pid else {}


@dataclass(frozen=True)
class Running:
    """A stack that is ready."""

    process: subprocess.Popen[str]
    stack: dict[str, Any]
    http: httpx.Client
    control: httpx.Client
    """HTTP with the token that the services behind the API ask for."""

    @classmethod
    def start(
        cls, data: Path, *options: str, under: str | None = None, **variables: str
    ) -> "Running":
        process = command(data, *options, under=under, **variables)

        def ready() -> None:
            assert described(data, process) or process.poll() is not None

        eventually(ready, END_SECONDS)
        stack = described(data, process)
        assert stack, process.communicate()
        limits = httpx.Limits(max_connections=None)
        token = {session_token.HEADER: stack["environment"]["AWS_SESSION_TOKEN"]}
        without, control = (
            httpx.Client(timeout=40, limits=limits),
            httpx.Client(timeout=40, headers=token),
        )
        return cls(process, stack, without, control)

    def close(self) -> None:
        """Close the connections of its clients."""
        self.http.close()
        self.control.close()

    @property
    def data(self) -> Path:
        """The data folder."""
        return Path(self.stack["logs"]).parent

    @property
    def lambdas(self) -> LambdaClient:
        """The functions."""
        return LambdaClient(self.control, self.stack["lambda_url"])

    def tree(self) -> list[psutil.Process]:
        """All processes of the stack."""
        this = psutil.Process(self.process.pid)
        return [this, *this.children(recursive=True)]

    def pid(self, component: str) -> int:
        """The component's process id, as stack.json has it now."""
        return int(described(self.data, self.process)["pids"][component])

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str, str]:
        """Stop it; its exit status, and what it printed on stdout and stderr."""
        os.killpg(self.process.pid, with_signal)  # as the terminal does
        out, err = self.process.communicate(timeout=STOP_SECONDS)
        self.close()
        return self.process.returncode, out, err

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401  # JSON
        """Call the API with its key."""
        headers = {"x-api-key": self.stack["api_key"], **options.pop("headers", {})}
        return self.http.request(method, self.stack["api_url"] + path, headers=headers, **options)

    def connect(self) -> Connection:
        """A connection to its database."""
        return connect(self.stack["environment"])

    def aws(self, service: str) -> Any:  # noqa: ANN401  # made at run time
        """A client of S3 or Step Functions, with the settings that the functions have."""
        return aws_client(service, self.stack["aws_url"], self.stack["environment"])

    def execution(self, name: str, event: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """Start an execution through the API; its description once it has ended."""
        body = {"name": name, "input": event}
        return self.ended(self.call("POST", "/executions", json=body).json()["arn"])

    def ended(self, arn: str) -> dict[str, Any]:
        """The description of an execution once it has ended."""
        client = self.aws("stepfunctions")

        def ended() -> dict[str, Any]:
            try:
                found: dict[str, Any] = client.describe_execution(executionArn=arn)
            except client.exceptions.ExecutionDoesNotExist as error:
                raise AssertionError("not shown yet") from error
            assert found["status"] != "RUNNING"
            return found

        return eventually(ended)


@contextmanager
def running(
    data: Path, *options: str, under: str | None = None, **variables: str
) -> Iterator[Running]:
    """A stack, which ends with the context if it has not ended before."""
    this = Running.start(data, *options, under=under, **variables)
    try:
        yield this
    finally:
        this.close()
        if this.process.poll() is None:
            this.end()


def connect(settings: Mapping[str, str]) -> Connection:
    """A connection of the owner to the database of these DB_* settings."""
    return Connection(
        OWNER,
        password=logins.owner(settings)["DB_PASSWORD"],
        unix_sock=f"{settings['DB_HOST']}/{SOCKET_NAME}",
        database=settings["DB_NAME"],
        ssl_context=False,
    )


def aws_client(service: str, url: str, settings: Mapping[str, str]) -> Any:  # noqa: ANN401
    """A client that does not retry."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=settings["AWS_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=settings["AWS_SESSION_TOKEN"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def until_gone(processes: list[psutil.Process]) -> None:
    """Wait until none of the processes runs any more."""

    def gone() -> None:
        assert not [this for this in processes if runs(this)]

    eventually(gone)


def runs(process: psutil.Process) -> bool:
    """Whether the process has not ended."""
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def lines(file: Path) -> int:
    """How many lines the file has; handlers that `touch` it add one each."""
    return len(file.read_text().splitlines()) if file.exists() else 0


def ticks(logs: Path) -> list[Any]:
    """The events on which TickFunction ran."""
    log = logs / "TickFunction.log"
    printed = log.read_text().splitlines() if log.exists() else []
    return [json.loads(line.removeprefix("tick ")) for line in printed if line.startswith("tick ")]
