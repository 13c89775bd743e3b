"""Requests during the start are answered, and a restart keeps orders and idempotency keys."""

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import pytest

from tests.running.builders import Document, a_line, an_order
from tests.running.shop import Shop
from tests.running.stacks import serving
from tests.running.waiting import eventually

KEY = {"x-api-key": "local-dev-key"}
ORDER = an_order(a_line("PROD001", 2))


@pytest.fixture
def data(starts_a_stack: None) -> Iterator[Path]:
    """A data folder for two stacks, which run one after the other."""
    with TemporaryDirectory(prefix="orders-") as folder:
        yield Path(folder)


def post(shop: Shop, order: Document, key: str) -> httpx.Response:
    return shop.api.post("/orders", json=order, headers={"Idempotency-Key": key})


def test_a_request_during_the_start_is_answered_when_the_stack_is_ready(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    def first_answer() -> httpx.Response:
        try:
            url = f"http://127.0.0.1:{port}/orders"
            return httpx.post(url, json=ORDER, headers=KEY, timeout=30)
        except httpx.ConnectError as error:
            raise AssertionError from error

    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(eventually, first_answer)
        with serving(data, "--port", str(port)):
            assert answer.result().status_code == 201


def test_an_idempotency_key_is_kept_across_a_restart(data: Path) -> None:
    with serving(data) as shop:
        first = post(shop, ORDER, "k1")
        shop.end(first.json()["order_id"])
        gone = post(shop, ORDER, "k2").json()["order_id"]
        assert shop.api.delete(f"/orders/{gone}").status_code == 200

    with serving(data) as shop:
        again = post(shop, ORDER, "k1")
        others = [
            post(shop, an_order(a_line("PROD001", 3)), "k1"),
            post(shop, an_order(a_line("PROD002", 2)), "k1"),
            post(shop, an_order(a_line("PROD001", 2), a_line("PROD002")), "k1"),
            post(shop, ORDER | {"customer_id": "CUST002"}, "k1"),
            post(shop, ORDER | {"customer_id": "CUST002"}, "k2"),
        ]
        deleted = post(shop, ORDER, "k2")

        for order_id in (gone, first.json()["order_id"]):  # nothing was started again
            assert shop.api.get(f"/status/{order_id}").status_code == 404
        assert (again.status_code, again.json()) == (201, first.json())
        assert [other.status_code for other in others] == [422] * 5
        assert (deleted.status_code, deleted.json()["order_id"]) == (201, gone)
        assert shop.api.get(f"/orders/{gone}").status_code == 404
        assert (shop.stock("PROD001"), shop.stock("PROD002")) == (48, 100)
        order = shop.api.get(f"/orders/{first.json()['order_id']}").json()
        assert order["status"] == "processing"


def test_an_order_that_a_stop_interrupted_goes_on_at_the_next_start(data: Path) -> None:
    """Nobody posts it again, and no run of the schedule is due within five minutes."""
    hangs = {"kind": "timeout", "after": 30}
    with serving(data, "--faults") as shop:
        shop.plan("BackUpOrder", hangs)
        order_id = post(shop, ORDER, "k1").json()["order_id"]
        eventually(lambda: pending(shop, order_id))

    with serving(data) as shop:
        assert eventually(lambda: shop.end(order_id))["status"] == "SUCCEEDED"
        assert shop.api.get(f"/orders/{order_id}").json()["status"] == "processing"
        assert shop.stock("PROD001") == 48


def pending(shop: Shop, order_id: str) -> None:
    assert shop.order_row(order_id)
