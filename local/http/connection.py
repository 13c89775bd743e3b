"""One client's connection: its time limits, and the answers to refused requests.

uvicorn's own protocol serves the application. What is added here ends clients that are slow, that
send no valid request, or that do not read.
"""

import asyncio
import select
import socket
import struct
import time
import uuid

import h11
from starlette.types import Receive, Scope, Send
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from local.http import access_log, refusal
from local.http.connection_limit import ConnectionLimit
from local.http.early_answer import Answer
from local.http.limits import Limits
from local.http.request_target import in_origin_form
from local.http.strict_h11 import NOT_HTTP, Refusal, StrictConnection


class Connection(H11Protocol):
    """Serves requests until the client or a limit ends the connection."""

    def __init__(
        self, config: Config, state: ServerState, limits: Limits, connections: ConnectionLimit
    ) -> None:
        super().__init__(config, state, {})
        self.conn: StrictConnection = StrictConnection(limits)
        self.timeout_keep_alive = limits.idle_seconds  # type: ignore[assignment]  # any number
        self._limits, self._open = limits, connections
        self._application, self.app = self.app, self._serve
        self._receiving: str | None = None
        self._too_slow: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._began = time.monotonic()
        self._ending = self._half_closed = False

    # What asyncio calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        # With a high-water mark of 0, pause_writing is called for everything that is not sent.
        transport.set_write_buffer_limits(high=0)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take what the client sent. What it sends after a refusal is dropped."""
        if self._ending:
            return
        if not self._part_in_progress():
            self._began = time.monotonic()
        super().data_received(data)
        self._watch()

    def pause_writing(self) -> None:
        """The client does not read: it has to have read everything within the limit."""
        super().pause_writing()
        self._unread = self.loop.call_later(self._limits.unread_seconds, self._reset)

    def resume_writing(self) -> None:
        """The client has read everything."""
        super().resume_writing()
        _cancel(self._unread)
        self._watch()

    def eof_received(self) -> bool:  # type: ignore[override]  # uvicorn's returns None
        """The client sends no more; it still reads the answer to a request that is complete."""
        cycle: RequestResponseCycle | None = self.cycle
        self._half_closed = not (cycle is None or cycle.response_complete or cycle.more_body)
        return self._half_closed

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._ending = True
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        _cancel(self._too_slow)
        _cancel(self._unread)
        self._open.leave(self)

    # What uvicorn calls

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # refusal says more
        """Answer a request that StrictConnection refused."""
        self._refuse(self.conn.refusal or NOT_HTTP)

    def on_response_complete(self) -> None:
        """Go on with the next request."""
        super().on_response_complete()
        if self._half_closed:
            self.transport.close()
        self._watch()

    def shutdown(self) -> None:
        """End with the response in progress, or now."""
        if self._ending:
            self.transport.abort()
        else:
            super().shutdown()

    # What ConnectionLimit calls

    def close_if_idle(self) -> bool:
        """Make room for another connection, unless a request has arrived and is not read yet."""
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket"), select.POLLIN)
        if poll.poll(0):
            return False
        self._ending = True
        self.transport.close()
        return True

    # Time limits

    def _watch(self) -> None:
        """Limit the time of what the client does now."""
        if self._ending:
            return
        if self._request() or self.flow.write_paused:
            self._open.set_busy(self)
        else:
            self._open.set_idle(self)
        receiving = self._part_in_progress()
        if receiving != self._receiving:
            self._receiving = receiving
            self._limit_time()

    def _part_in_progress(self) -> str | None:
        if self.conn.their_state is h11.SEND_BODY:
            return "body"
        return "headers" if self.conn.has_begun else None

    def _limit_time(self) -> None:
        _cancel(self._too_slow)
        if self._receiving:
            limits = self._limits
            seconds = limits.body_seconds if self._receiving == "body" else limits.head_seconds
            message = f"Request {self._receiving} not received within {seconds:g} seconds"
            self._too_slow = self.loop.call_later(seconds, self._refuse, Refusal(408, message))

    # Answers

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = Answer(self.cycle, receive, send, self._limits.linger_seconds)
        answer.close = self._open.crowded
        await self._application(in_origin_form(scope), receive, answer.send)

    def _refuse(self, why: Refusal) -> None:
        """Answer the request in progress, unless it has its answer, and close the connection."""
        if self._ending:
            return
        self._ending = True
        if not self._abandon_request():
            self.transport.abort()
            return
        request_id = str(uuid.uuid4())
        access_log.request_without_function(request_id, why.status, self._began, why.message)
        answer = refusal.response(why, request_id, with_body=not self.conn.is_head)
        self.transport.write(answer)
        self._close_after_lingering()

    def _abandon_request(self) -> bool:
        """Tell the application that its client is gone. False: it has begun to answer."""
        self._unset_keepalive_if_required()
        _cancel(self._too_slow)
        request = self._request()
        if request is None:
            return True
        request.disconnected = True
        request.message_event.set()
        return not request.response_started

    def _request(self) -> RequestResponseCycle | None:
        """The request in progress."""
        cycle: RequestResponseCycle | None = self.cycle  # uvicorn's annotation forgets the None
        return None if cycle is None or cycle.response_complete else cycle

    def _close_after_lingering(self) -> None:
        self._open.set_busy(self)
        self.flow.resume_reading()
        self.transport.write_eof()
        self._too_slow = self.loop.call_later(self._limits.linger_seconds, self.transport.abort)

    def _reset(self) -> None:
        """End the connection at once. Otherwise the kernel would keep what the client leaves."""
        connection = self.transport.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer:
        timer.cancel()
