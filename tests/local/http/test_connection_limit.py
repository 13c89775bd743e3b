"""Few connections for many clients."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.local.http.raw import Client, serving

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def test_the_longest_idle_connection_makes_room() -> None:
    with serving(connections=2) as address:
        first, second = Client(address).send(GET), Client(address)
        assert first.answer().status == 200
        second.send(GET)
        assert second.answer().status == 200
        third = Client(address).send(GET)
        assert third.answer().status == 200
        assert first.rest() == b"", "the longest idle one was closed"
        for each in (first, second, third):
            each.close()


class Held:
    """An application whose first request waits until the test lets it go."""

    def __init__(self) -> None:
        self.began, self.release = threading.Event(), threading.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.began.set()
        await asyncio.to_thread(self.release.wait)
        await Response(b"done")(scope, receive, send)


def test_a_new_client_waits_while_all_connections_work() -> None:
    held = Held()
    with serving(held, connections=1) as address:
        working = Client(address).send(GET)
        assert held.began.wait(20)
        waiting = Client(address).send(GET)
        held.release.set()
        assert working.answer().body == b"done"
        assert waiting.answer().body == b"done"
        working.close()
        waiting.close()


def test_more_idle_clients_than_connections_keep_nobody_from_working() -> None:
    with serving(connections=10) as address:
        idle = [Client(address) for _ in range(50)]
        url = "http://{}:{}/".format(*address)

        def work(_: int) -> list[int]:
            with httpx.Client(timeout=60) as http:
                return [http.get(url).status_code for _ in range(5)]

        with ThreadPoolExecutor(40) as workers:
            assert list(workers.map(work, range(40))) == [[200] * 5] * 40
        for each in idle:
            each.close()
