"""Thousands of hostile requests: no 5xx, nothing stays open, and memory is flat."""

import socket
from collections import Counter
from contextlib import ExitStack, closing, suppress

import psutil
import pytest

from tests.local.hostile_requests import VALID, requests
from tests.local.http.raw import Client
from tests.local.small_stack import Running
from tests.running.waiting import eventually

THINNED, ALL = 600, 10_000
GROWTH_BYTES = 20_000_000


def address(stack: Running) -> tuple[str, int]:
    host, _, port = stack.stack["api_url"].removeprefix("http://").partition(":")
    return host, int(port)


def statuses_of(client: Client, request: bytes) -> list[int]:
    """The statuses of the answers to a client that sends this, and then nothing more."""
    with suppress(OSError):  # a refused client may be cut off while it sends
        client.send(request)
        client.socket.shutdown(socket.SHUT_WR)
    return client.statuses()


def attack(stack: Running, number: int, seed: int) -> Counter[int]:
    """Send hostile requests; how often each status was the answer."""
    seen: Counter[int] = Counter()
    with ExitStack() as left_open:
        for place, request in enumerate(requests(number, seed)):
            client = Client(address(stack))
            if place % 10 == 0 and len(request) < 1000:
                left_open.callback(client.send(request).close)
                continue
            with closing(client):
                seen.update(statuses_of(client, request))
            if place % 500 == 0:
                left_open.close()
    return seen


def files(process: psutil.Process) -> int:
    """How many files the process has open, without the three that each worker costs."""
    return process.num_fds() - 3 * len(process.children(recursive=True))


def test_hostile_clients_do_no_harm(cloud: Running, pytestconfig: pytest.Config) -> None:
    process = psutil.Process(cloud.process.pid)
    attack(cloud, THINNED // 2, seed=1)  # after it, caches and workers are there
    files_before, memory_before = files(process), process.memory_info().rss

    seen = attack(cloud, ALL if pytestconfig.getoption("--all") else THINNED, seed=2)

    def nothing_is_left() -> None:
        assert files(process) <= files_before

    eventually(nothing_is_left)
    assert process.memory_info().rss < memory_before + GROWTH_BYTES
    assert min(seen[400], seen[403], seen[414], seen[431]) > 5, seen
    assert max(seen) < 500, seen
    for request in VALID[:3]:
        with closing(Client(address(cloud))) as client:
            assert client.send(request).answer().status == 200
