"""Many clients at once, who repeat what was not accepted, and what becomes of their orders."""

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
from tests.running.shop import Shop
from tests.running.waiting import eventually

PATIENCE_SECONDS = 300
KILL_EVERY_SECONDS = 0.2
MOST_KILLS = 400


@dataclass
class Crowd:
    """So many connections to the API; `answered` counts the status codes."""

    shop: Shop
    connections: int
    answered: Counter[int] = field(default_factory=Counter)

    def order(self, order: Document, times: int) -> list[str]:
        """POST the order so many times, each until it is a 201; gives the order ids."""
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
        """The key stays the same, so that an order whose answer was lost is not a second one."""
        key = an_id()

        def accepted() -> str:
            answer = self._post(client, order, key)
            assert answer.status_code == 201, answer.text
            return str(answer.json()["order_id"])

        return eventually(accepted, PATIENCE_SECONDS)

    def _post(self, client: httpx.Client, order: Document, key: str) -> httpx.Response:
        try:
            answer = client.post("/orders", json=order, headers={"Idempotency-Key": key})
        except httpx.ReadError as error:
            # httpx's pool, under hundreds of threads, may read from a socket that it has closed.
            raise AssertionError from error
        self.answered[answer.status_code] += 1
        return answer


# What becomes of the orders.


def until_quiet(shop: Shop) -> None:
    """Wait until no execution runs and no function works."""

    def quiet() -> None:
        assert not running(shop)

    eventually(quiet, PATIENCE_SECONDS)
    shop.until_idle()


def running(shop: Shop) -> list[Document]:
    """Executions that have not ended, a page of them at most."""
    machine = shop.environment["STATE_MACHINE_ARN"]
    answer = shop.aws("stepfunctions").list_executions(
        stateMachineArn=machine, statusFilter="RUNNING"
    )
    return list(answer["executions"])


def outcomes(shop: Shop, ids: list[str]) -> Counter[str]:
    """How many of the orders have which status; each has one row."""
    rows = shop.rows("SELECT order_id, status FROM orders WHERE order_id = ANY(:ids)", ids=ids)
    assert sorted(row["order_id"] for row in rows) == sorted(set(ids))
    return Counter(row["status"] for row in rows)


def settle(shop: Shop) -> None:
    """Run the reconciler until it has nothing left to do; then the doctor says nothing."""

    def nothing_left() -> None:
        assert shop.reconcile(at_most=1000) == {}

    eventually(nothing_left, PATIENCE_SECONDS)
    assert shop.findings() == []


# Workers.


def workers(shop: Shop) -> list[psutil.Process]:
    """Every function's worker processes, which are the fork server's children."""
    stack = psutil.Process(shop.description["pids"]["local"])
    servers = [each for each in stack.children() if "forkserver" in " ".join(each.cmdline())]
    return [worker for server in servers for worker in server.children()]


@contextmanager
def workers_dying(shop: Shop, seed: int) -> Iterator[None]:
    """Kill one worker after the other, any of them, busy or not."""
    over = Event()
    with ThreadPoolExecutor(1) as thread:
        killing = thread.submit(_kill_workers, shop, Random(seed), over)  # noqa: S311 - chance, no secret
        try:
            yield
        finally:
            over.set()
            assert killing.result() > 0, "no worker was killed"


def _kill_workers(shop: Shop, chance: Random, over: Event) -> int:
    """At a pace that leaves workers enough to do the work; gives how many were killed."""
    kills = 0
    while kills < MOST_KILLS and not over.wait(chance.uniform(0, 2 * KILL_EVERY_SECONDS)):
        if alive := workers(shop):
            kill(chance.choice(alive))
            kills += 1
    return kills


def kill(process: psutil.Process) -> None:
    """With SIGKILL, unless it has ended by itself."""
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return
