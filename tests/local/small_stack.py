"""Starts the real command on a small template, and talks to it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
import psutil
from botocore.config import Config

ROOT = Path(__file__).parent.parent.parent
CLOUD = Path(__file__).parent / "cloud"
PATIENCE_SECONDS = 60.0


def eventually(condition: Callable[[], object], what: str) -> None:
    """Poll until the condition holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS} s: {what}"
        time.sleep(0.01)


def command(data: Path, *options: str) -> subprocess.Popen[str]:
    """Start `python -m local` on the small template, in a process group of its own."""
    arguments = ["--template", str(CLOUD / "template.yaml"), "--data", str(data), *options]
    if "--port" not in options:
        arguments += ["--port", "0"]
    return subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{CLOUD}", "USERS_OWN": "must not be seen"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def described(data: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    """stack.json, once it is this process's own: a killed one leaves its behind."""
    written = data / "stack.json"
    stack: dict[str, Any] = json.loads(written.read_text()) if written.exists() else {}
    return stack if stack and stack["pids"]["local"] == process.pid else {}


@dataclass(frozen=True)
class Running:
    """A stack that is ready."""

    process: subprocess.Popen[str]
    stack: dict[str, Any]
    http: httpx.Client

    @classmethod
    def start(cls, data: Path, *options: str) -> "Running":
        process = command(data, *options)
        eventually(lambda: described(data, process) or process.poll() is not None, "ready")
        stack = described(data, process)
        assert stack, process.communicate()
        limits = httpx.Limits(max_connections=None)
        return cls(process, stack, httpx.Client(timeout=40, limits=limits))

    def tree(self) -> list[psutil.Process]:
        this = psutil.Process(self.process.pid)
        return [this, *this.children(recursive=True)]

    def end(self, with_signal: int = signal.SIGTERM) -> tuple[int, str]:
        """Stop it; its exit status and what it said on stderr."""
        os.killpg(self.process.pid, with_signal)  # as the terminal does
        _, said = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.http.close()
        return self.process.returncode, said

    def end_if_running(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.end()

    def invoke(self, function: str, event: Any, **headers: str) -> httpx.Response:  # noqa: ANN401  # JSON
        path = f"/2015-03-31/functions/{function}/invocations"
        return self.http.post(self.stack["lambda_url"] + path, json=event, headers=headers)

    def act(self, do: str, **event: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
        """What ActFunction gives back; its error document when it fails."""
        answer: dict[str, Any] = self.invoke("ActFunction", {"do": do, **event}).json()
        return answer

    def plan(self, *faults: dict[str, Any], function: str = "ActFunction") -> httpx.Response:
        """Replace the function's faults."""
        return self.http.put(f"{self.stack['lambda_url']}/faults/{function}", json=faults)

    def plan_more(self, *faults: dict[str, Any], function: str = "ActFunction") -> None:
        """Add to the function's faults."""
        url = f"{self.stack['lambda_url']}/faults/{function}"
        self.http.post(url, json=faults).raise_for_status()

    def clear_faults(self) -> None:
        self.http.delete(self.stack["lambda_url"] + "/faults").raise_for_status()

    def held(self, function: str = "ActFunction") -> int:
        """How many invocations of the function are held."""
        told = self.http.get(self.stack["lambda_url"] + "/faults").json()
        return int(told["held"].get(function, 0))

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401  # JSON
        """Call the API with its key."""
        headers = {"x-api-key": self.stack["api_key"], **options.pop("headers", {})}
        return self.http.request(method, self.stack["api_url"] + path, headers=headers, **options)

    def client(self, service: str, *, retry: bool = True) -> Any:  # noqa: ANN401  # made at run time
        """A client with the settings that the functions have."""
        settings = self.stack["environment"]
        return boto3.client(
            service,
            endpoint_url=self.stack["aws_url"],
            region_name=settings["AWS_REGION"],
            aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
            config=Config(retries={"total_max_attempts": 3 if retry else 1}),
        )


def gone(processes: list[psutil.Process]) -> bool:
    """Whether none of them runs any more."""
    return not any(
        this.is_running() and this.status() != psutil.STATUS_ZOMBIE for this in processes
    )
