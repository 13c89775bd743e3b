"""Many concurrent clients, which repeat a POST until it is accepted, and checks of their orders."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Event

import httpx
import psutil

from tests.running.builders import Document, an_id
from tests.running.killing import kill
from tests.running.shop import Shop
from tests.running.waiting import eventually

TIMEOUT_SECONDS = 300
KILL_EVERY_SECONDS = 0.2
MAX_KILLS = 400


@dataclass
class Crowd:
    """Clients that share `connections` connections; `answered` counts the status codes they got."""

    shop: Shop
    connections: int
    answered: Counter[int] = field(default_factory=Counter)

    def order(self, order: Document, times: int) -> list[str]:
        """Create `times` such orders, each POST until it gets a 201; returns their ids."""
        with self._clients() as client, ThreadPoolExecutor(self.connections) as threads:
            return list(threads.map(lambda _: self._until_accepted(client, order), range(times)))

    @contextmanager
    def _clients(self) -> Iterator[httpx.Client]:
        limits = httpx.Limits(
            max_connections=self.connections, max_keepalive_connections=self.connections
        )
        stack = self.shop.description
        key = {"x-api-key": stack["api_key"]}
        with httpx.Client(
            base_url=stack["api_url"], headers=key, limits=limits, timeout=60
        ) as client:
            yield client

    def _until_accepted(self, client: httpx.Client, order: Document) -> str:
        """The key stays the same, so that a lost answer does not lead to a second order."""
        key = an_id()

        def accepted() -> str:
            answer = self._post(client, order, key)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["order_id"])

        return eventually(accepted, TIMEOUT_SECONDS)

    def _post(self, client: httpx.Client, order: Document, key: str) -> httpx.Response:
        try:
            answer = client.post("/orders", json=order, headers={"Idempotency-Key": key})
        except httpx.ReadError as error:
            # With hundreds of threads, httpx's pool may read from a socket that it has closed.
            raise AssertionError from error
        self.answered[answer.status_code] += 1
        return answer


# What becomes of the orders.


def until_quiet(shop: Shop) -> None:
    """Wait until no execution and no invocation is running."""

    def quiet() -> None:
        assert shop.running() == []

    eventually(quiet, TIMEOUT_SECONDS)
    shop.until_idle()


def outcomes(shop: Shop, ids: list[str]) -> Counter[str]:
    """How many of the orders have each status; every order must have exactly one row."""
    rows = shop.rows("SELECT order_id, status FROM orders WHERE order_id = ANY(:ids)", ids=ids)
    assert sorted(row["order_id"] for row in rows) == sorted(set(ids))
    return Counter(row["status"] for row in rows)


def repair(shop: Shop) -> None:
    """Run the reconciler until it has nothing left to do; then the doctor must find nothing."""

    def nothing_left() -> None:
        assert shop.reconcile(at_most=1000) == {}

    eventually(nothing_left, TIMEOUT_SECONDS)
    assert shop.findings() == []


# Workers.


def workers(shop: Shop) -> list[psutil.Process]:
    """The worker processes of all functions, which are the fork server's children."""
    stack = psutil.Process(shop.description["pids"]["local"])
    servers = [each for each in stack.children() if "forkserver" in " ".join(each.cmdline())]
    return [worker for server in servers for worker in server.children()]


@contextmanager
def workers_dying(shop: Shop, seed: int) -> Iterator[None]:
    """Kill one random worker after the other, busy or idle."""
    ended = Event()
    with ThreadPoolExecutor(1) as thread:
        killing = thread.submit(_kill_workers, shop, Random(seed), ended)  # noqa: S311 - chance, no secret
        try:
            yield
        finally:
            ended.set()
            assert killing.result() > 0, "no worker was killed"


def _kill_workers(shop: Shop, chance: Random, ended: Event) -> int:
    """Kill at a pace that lets the work go on; returns how many workers were killed."""
    kills = 0
    while kills < MAX_KILLS and not ended.wait(chance.uniform(0, 2 * KILL_EVERY_SECONDS)):
        if alive := workers(shop):
            kill(chance.choice(alive))
            kills += 1
    return kills
