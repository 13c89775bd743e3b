"""moto's server alone, without the functions and the rest of a stack."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from anyio.from_thread import start_blocking_portal

from local.processes import http_server
from local.step_functions import moto_process, resources
from tests.local.in_process import small_template
from tests.local.small_stack import ROOT, aws_client

MACHINE = small_template({}).state_machine


@dataclass(frozen=True)
class Moto:
    """S3 and Step Functions at a URL, with the bucket and the small template's state machine."""

    url: str
    pid: int
    bucket: str = resources.BUCKET
    machine: str = MACHINE.arn

    def aws(self, service: str) -> Any:  # noqa: ANN401  # made at run time
        """A client of S3 or Step Functions that does not retry."""
        return aws_client(service, self.url, moto_process.SETTINGS)

    def plan(self, operation: str, *faults: dict[str, Any]) -> httpx.Response:
        """Replace the operation's faults."""
        return httpx.put(f"{self.url}/faults/{operation}", json=faults)

    def plan_more(self, operation: str, *faults: dict[str, Any]) -> None:
        """Add to the operation's faults."""
        httpx.post(f"{self.url}/faults/{operation}", json=faults).raise_for_status()

    def clear_faults(self) -> None:
        httpx.delete(f"{self.url}/faults").raise_for_status()


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
        async with moto_process.server(listening, 1, ROOT, log, *options) as server:
            await server.while_alive(
                asyncio.gather(
                    resources.create_bucket(url), resources.create_state_machine(url, MACHINE)
                )
            )
            yield Moto(url, server.process.pid)
