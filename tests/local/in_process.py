"""Parts of the local cloud in the test's own process, on the small template, without a stack."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient
from starlette.types import ASGIApp

from deployment import template
from deployment.template import Function, Template
from local import environment
from local.api_gateway.gateway import Gateway, Invoker
from local.lambda_functions.invocation_result import InvocationResult
from local.lambda_functions.invoke_api import InvokeApi
from local.lambda_functions.runtime import SLOT_SECONDS, Runtime
from tests.local.lambda_client import LambdaClient
from tests.local.small_stack import CLOUD
from tests.running.waiting import eventually

ACT = Function("Act", "arn", "cloud_functions.act", 20, 128, {})
OTHER = Function("Other", "arn", "cloud_functions.act", 20, 128, {})
KEY = "local-dev-key"


def small_template(settings: Mapping[str, str]) -> Template:
    """The small template, with these settings as its values."""
    known = dict.fromkeys(environment.PARAMETERS.values(), "none") | dict(settings)
    return template.read(CLOUD / "template.yaml", environment.template_values(known))


# The functions, in worker processes.


@asynccontextmanager
async def a_runtime(
    logs: Path, *functions: Function, slot_timeout: float = SLOT_SECONDS
) -> AsyncIterator[Runtime]:
    """A runtime of these functions, for a test that runs an event loop."""
    runtime = Runtime(functions or [ACT, OTHER], logs, slot_timeout)
    try:
        yield runtime
    finally:
        runtime.stop()


@contextmanager
def lambda_functions(logs: Path, settings: Mapping[str, str]) -> Iterator[LambdaClient]:
    """The small template's functions, with faults. An event loop runs in a thread meanwhile."""
    runtime = Runtime(environment.functions(small_template(settings), settings), logs)
    with TestClient(InvokeApi(runtime, with_faults=True).app) as http:
        yield LambdaClient(http, "")
        assert http.portal
        http.portal.call(runtime.stop)


async def becomes(condition: Callable[[], object], what: str) -> None:
    """Wait, in an event loop, until the condition holds."""

    def holds() -> None:
        assert condition(), what

    await asyncio.to_thread(eventually, holds)


# The API, whose functions run in this process.


class Handlers:
    """Invokes the small template's handlers directly, without worker processes."""

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self._functions = functions

    async def invoke(
        self,
        name: str,
        event: object,
        request_id: str = "",
        slot_timeout: float | None = None,
    ) -> InvocationResult:
        module, handler = self._functions[name].handler.rsplit(".", 1)
        try:
            result = getattr(importlib.import_module(module), handler)(event, None)
        except Exception as error:  # noqa: BLE001  # the handler may raise anything
            return InvocationResult(json.dumps(str(error)).encode(), failed=True)
        return InvocationResult(json.dumps(result).encode())


@dataclass(frozen=True)
class Api:
    """The gateway, called through ASGI with exactly the bytes that a client would send."""

    gateway: ASGIApp

    @classmethod
    def of(cls, runtime: Invoker | None = None) -> "Api":
        """The small template's API, in front of its handlers or of another runtime."""
        contents = small_template({})
        handlers = Handlers(contents.functions)
        return cls(Gateway(contents.routes, runtime or handlers, KEY, contents.binary_types))

    def call(
        self,
        method: str,
        path: str,
        key: str | None = KEY,
        headers: list[tuple[str, str]] | None = None,
        **options: Any,  # noqa: ANN401  # httpx's
    ) -> httpx.Response:
        """Call the API, with its key unless another one is given (None: without a key)."""
        keys = [] if key is None else [(b"x-api-key", key.encode("latin-1"))]
        others = [(name.encode(), value.encode()) for name, value in headers or []]
        return asyncio.run(self._call(method, path, headers=keys + others, **options))

    async def _call(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401
        transport = httpx.ASGITransport(self.gateway)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.request(method, path, **options)
