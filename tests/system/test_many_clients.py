"""More clients than files: with a hard limit of 256, as `ulimit -n 256` sets it, all are served.

tests/local/http/test_connection_limit.py has a small version, without a stack.
"""

import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from tenacity import Retrying, retry_if_result, stop_after_delay, wait_fixed

from local.http import file_limit
from tests.running.builders import a_line, an_order
from tests.running.crowd import until_quiet
from tests.running.shop import Shop
from tests.running.stacks import serving
from tests.running.waiting import eventually

FILES, IDLE, WORKING, REQUESTS = 256, 2_000, 200, 4
PATIENTLY = Retrying(
    retry=retry_if_result(lambda answer: answer.status_code in (429, 503)),
    wait=wait_fixed(1),
    stop=stop_after_delay(300),
)
"""Eight workers of POST serve 200 clients: who waits for one for 10 s is told to come again."""


@pytest.fixture
def few_files(starts_a_stack: None) -> Iterator[Shop]:
    """A stack that may not open more than 256 files in any of its processes."""
    file_limit.raise_limit()  # this process opens 2,000 connections
    with (
        TemporaryDirectory(prefix="orders-") as folder,
        serving(Path(folder), "--faults", files=FILES) as shop,
    ):
        yield shop


@pytest.mark.whole
def test_two_hundred_clients_are_served_among_two_thousand_idle_ones(few_files: Shop) -> None:
    stack = few_files.description
    address = urlsplit(stack["api_url"])
    product = few_files.product(stock=WORKING * REQUESTS)
    process = psutil.Process(few_files.pid("local"))
    before = process.num_fds()

    def work(_: int) -> list[int]:
        key = {"x-api-key": stack["api_key"]}
        with httpx.Client(base_url=stack["api_url"], headers=key, timeout=120) as http:
            return [
                PATIENTLY(http.post, "/orders", json=an_order(a_line(product))).status_code
                if turn % 2
                else PATIENTLY(http.get, "/orders", params={"limit": 1}).status_code
                for turn in range(REQUESTS)
            ]

    with ExitStack() as idle, ThreadPoolExecutor(WORKING) as clients:
        for _ in range(IDLE):
            connection = socket.create_connection((address.hostname, address.port), timeout=60)
            idle.enter_context(closing(connection))
        answered = Counter(status for each in clients.map(work, range(WORKING)) for status in each)

    assert answered == {200: WORKING * REQUESTS // 2, 201: WORKING * REQUESTS // 2}
    until_quiet(few_files)
    assert few_files.findings() == []

    def recovered() -> None:
        workers = len(process.children(recursive=True))
        assert process.num_fds() < before + 3 * workers

    eventually(recovered)
