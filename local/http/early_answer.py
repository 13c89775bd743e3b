"""Sends a response that may come before the request's body is complete, as for a wrong API key."""

import asyncio
from contextlib import suppress

from starlette.types import Message, Receive, Send
from uvicorn.protocols.http.h11_impl import RequestResponseCycle

CLOSE = (b"connection", b"close")


class Answer:
    """Sends the response to one request (`cycle`); `close` says that the connection ends with it.

    It always does if the body is not complete: what comes next must not be taken for a request. The
    last part of the response is then held back while the client sends on, at most for
    `linger_seconds`, because uvicorn closes at once after it.
    """

    def __init__(
        self, cycle: RequestResponseCycle, receive: Receive, send: Send, linger_seconds: float
    ) -> None:
        self._cycle, self._receive, self._send = cycle, receive, send
        self._linger_seconds = linger_seconds
        self.close = False

    async def send(self, message: Message) -> None:
        """Send a part of the response, as ASGI's `send`."""
        unread = self._cycle.more_body
        if message["type"] == "http.response.start":
            if unread or self.close:
                message = {**message, "headers": [*message["headers"], CLOSE]}
        elif unread and not message.get("more_body"):
            await self._send({**message, "more_body": True})
            await self._linger()
            message = {"type": "http.response.body"}
        await self._send(message)

    async def _linger(self) -> None:
        """Take the rest of the request, so that the client can read the response."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._linger_seconds):
                while (await self._receive()).get("more_body"):
                    pass
