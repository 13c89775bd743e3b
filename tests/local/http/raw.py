"""A server in this process, and clients that send it exactly the bytes of a test."""

import json
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from anyio.from_thread import start_blocking_portal
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from local.http.limits import Limits
from local.processes import http_server

PATIENCE_SECONDS = 20.0
"""A test fails when an answer takes longer. No limit of a test is near it."""


@dataclass(frozen=True)
class Answer:
    """A response, as it was on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401
        return json.loads(self.body)


class Client:
    """A connection that sends bytes and reads responses."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.socket = socket.create_connection(address, timeout=PATIENCE_SECONDS)
        self._received = b""

    def send(self, *parts: bytes) -> "Client":
        for part in parts:
            self.socket.sendall(part)
        return self

    def answer(self, *, with_body: bool = True) -> Answer:
        """The next response, which must have a Content-Length."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, self._received = self._received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])
        }
        length = int(headers.get("content-length", 0)) if with_body else 0
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return Answer(int(lines[0].split()[1]), headers, body)

    def rest(self) -> bytes:
        """Everything up to the end of the connection, which the server must bring about."""
        while True:
            try:
                received = self.socket.recv(65536)
            except ConnectionResetError:
                received = b""
            if not received:
                return self._received
            self._received += received

    def statuses(self) -> list[int]:
        """The statuses of all responses up to the end of the connection."""
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", self.rest())]

    def _receive(self) -> None:
        received = self.socket.recv(65536)
        assert received, f"the connection ended after {self._received!r}"
        self._received += received

    def close(self) -> None:
        self.socket.close()


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers what it got."""
    request = Request(scope, receive)
    try:
        body = await request.body()
    except ClientDisconnect:
        return
    response: Response = JSONResponse(
        {
            "method": request.method,
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode()] for name, value in scope["headers"]],
            "body": body.decode("latin-1"),
        }
    )
    await response(scope, receive, send)


@contextmanager
def serving(
    app: ASGIApp = echo, limits: Limits = http_server.DEFAULT, connections: int = 100
) -> Iterator[tuple[str, int]]:
    """The address of a server in a thread of this process."""

    @asynccontextmanager
    async def served() -> AsyncIterator[tuple[str, int]]:
        listening = http_server.listen("127.0.0.1", 0)
        address = listening.getsockname()
        async with http_server.serving(app, listening, limits=limits, connections=connections):
            yield address

    with start_blocking_portal() as portal, portal.wrap_async_context_manager(served()) as address:
        yield address
