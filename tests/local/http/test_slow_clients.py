"""Time limits are totals. Tests make the limit in question short, and wait for what it causes."""

import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, repeat

import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.http.limits import Limits
from tests.local.http.raw import PATIENCE_SECONDS, Answer, Client, serving

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"
SHORT = 0.2


@contextmanager
def trickling(client: Client, *first: bytes, then: bytes) -> Iterator[None]:
    """Send some bytes, then one byte after the other until the server closes."""
    ended = threading.Event()

    def trickle() -> None:
        for byte in chain(first, repeat(then)):
            try:
                client.send(byte)
            except OSError:
                return
            if ended.wait(0.01):
                return

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def answer_to_trickling(limits: Limits, *first: bytes, then: bytes) -> Answer:
    with serving(limits=limits) as address:
        client = Client(address)
        with trickling(client, *first, then=then):
            answer = client.answer()
            client.rest()
        client.close()
    return answer


def test_headers_that_trickle_in_end_in_a_408() -> None:
    limits = Limits(head_seconds=SHORT)
    answer = answer_to_trickling(limits, b"GET / HTTP/1.1\r\nHost: a\r\nX: ", then=b"x")
    assert answer.status == 408
    assert answer.json == {"message": "Request headers not received within 0.2 seconds"}
    assert answer.headers["x-request-id"]


def test_headers_of_a_second_request_have_the_limit_too() -> None:
    with serving(limits=Limits(head_seconds=SHORT)) as address:
        client = Client(address).send(GET + b"GET / HT")
        assert client.statuses() == [200, 408]
        client.close()


def test_a_body_that_trickles_in_ends_in_a_408() -> None:
    answer = answer_to_trickling(Limits(body_seconds=SHORT), POST, then=b"x")
    assert answer.status == 408
    assert answer.json == {"message": "Request body not received within 0.2 seconds"}


def test_chunks_that_trickle_in_end_in_a_408() -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = answer_to_trickling(Limits(body_seconds=SHORT), head, then=b"1\r\nx\r\n")
    assert answer.status == 408


@pytest.mark.parametrize("sent", [b"", GET], ids=["new", "used"])
def test_an_idle_connection_is_closed_without_a_word(sent: bytes) -> None:
    with serving(limits=Limits(idle_seconds=SHORT)) as address:
        client = Client(address).send(sent)
        assert client.statuses() == [200] * bool(sent)
        client.close()


async def refuses_at_once(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers without reading the body, as for a wrong API key."""
    await Response(b"no", 403)(scope, receive, send)


def test_an_answer_before_the_end_of_the_body_reaches_a_client_that_sends_on() -> None:
    with serving(refuses_at_once) as address:
        client = Client(address).send(POST, b"x" * 1_000_000)
        answer = client.answer()
        assert (answer.status, answer.headers["connection"]) == (403, "close")
        assert client.rest() == b""
        client.close()


def test_a_body_that_nobody_wants_is_taken_for_a_short_time_only() -> None:
    with serving(refuses_at_once, Limits(linger_seconds=SHORT)) as address:
        client = Client(address).send(POST)
        with trickling(client, then=b"x"):
            assert client.statuses() == [403]
        client.close()


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers more than the buffers of two sockets hold."""
    await Response(b"x" * 20_000_000)(scope, receive, send)


def test_an_answer_that_is_not_read_does_not_stay() -> None:
    with serving(large, Limits(unread_seconds=SHORT)) as address:
        client = Client(address).send(GET)
        ended = select.poll()
        ended.register(client.socket, 0)  # for nothing but the end, which is always reported
        assert ended.poll(PATIENCE_SECONDS * 1000)
        client.close()


def test_an_answer_that_is_read_arrives_whole() -> None:
    with serving(large) as address:
        client = Client(address).send(GET)
        assert len(client.answer().body) == 20_000_000
        client.close()
