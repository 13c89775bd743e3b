"""moto's server alone, without the functions and the rest of a stack."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from local.iam import session_token
from local.processes import http_server
from local.step_functions import moto_process, resources
from tests.local.in_process import small_template
from tests.local.small_stack import ROOT, aws_client

MACHINE = small_template({}).state_machine
TOKEN = session_token.new()
SETTINGS = moto_process.settings(TOKEN)
"""The AWS_* variables of a caller that moto answers."""


@dataclass(frozen=True)
class Moto:
    """S3 and Step Functions at a URL, with the bucket and the small template's state machine."""

    url: str
    pid: int
    bucket: str = resources.BUCKET
    machine: str = MACHINE.arn

    def aws(self, service: str) -> Any:  # noqa: ANN401  # made at run time
        """A client of S3 or Step Functions that does not retry."""
        return aws_client(service, self.url, SETTINGS)

    @cached_property
    def http(self) -> httpx.Client:
        """HTTP with the token."""
        return httpx.Client(base_url=self.url, headers={session_token.HEADER: TOKEN})

    def plan(self, operation: str, *faults: dict[str, Any]) -> httpx.Response:
        """Replace the operation's faults."""
        return self.http.put(f"/faults/{operation}", json=faults)

    def plan_more(self, operation: str, *faults: dict[str, Any]) -> None:
        """Add to the operation's faults."""
        self.http.post(f"/faults/{operation}", json=faults).raise_for_status()

    def clear_faults(self) -> None:
        self.http.delete("/faults").raise_for_status()


@contextmanager
def moto_alone(log: Path, *options: str) -> Iterator[Moto]:
    """Run moto until the context ends. No function answers its tasks."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(_serving(log, *options)) as moto,
    ):
        yield moto


@asynccontextmanager
async def _serving(log: Path, *options: str) -> AsyncIterator[Moto]:
    with http_server.listen("127.0.0.1", 0) as listening:
        url = http_server.url(listening)
        async with moto_process.server(listening, 1, ROOT, log, TOKEN, *options) as server:
            await server.while_alive(
                asyncio.gather(
                    resources.create_bucket(url, TOKEN),
                    resources.create_state_machine(url, TOKEN, MACHINE),
                )
            )
            yield Moto(url, server.process.pid)
