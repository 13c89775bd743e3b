"""Start the local stack several times, use it, and print one table of durations.

Each run starts the stack in a new folder, which includes creating the database, and once more
in the same folder. One client sends one request at a time. The benchmark never fails for slowness.
"""

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

START_SECONDS = 60
STOP_SECONDS = 20
ORDER_SECONDS = 30
POLL_SECONDS = 0.005
ORDER = {"customer_id": "BENCH", "items": [{"product_id": "PROD002", "quantity": 1}]}
"""sql/seed.sql has 100 of PROD002."""

Samples = dict[str, list[float]]
"""Milliseconds by what was measured."""


class Client:
    """One connection to the API, kept open."""

    def __init__(self, stack: dict[str, Any]) -> None:
        """`stack` is what the stack writes to stack.json."""
        address = urlsplit(stack["api_url"])
        self.connection = HTTPConnection(
            address.hostname or "", address.port, timeout=ORDER_SECONDS
        )
        self.headers = {"x-api-key": stack["api_key"], "content-type": "application/json"}

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """Send a request; returns the status and the body."""
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, self.headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read())

    def create(self) -> str:
        """Create an order and return its id; ends the bench when the API refuses it."""
        status, body = self.ask("POST", "/orders", ORDER)
        if status != 201:
            sys.exit(f"POST /orders answered {status} {body}")
        return str(body["order_id"])


@contextmanager
def stack(folder: Path) -> Iterator[Client]:
    """Run the stack in the folder; stops it as Ctrl-C would."""
    described = folder / "stack.json"
    described.unlink(missing_ok=True)
    command = (sys.executable, "-m", "local", "--port", "0", "--data", str(folder))
    with Path(f"{folder}.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        wait(lambda: described.exists() or process.poll() is not None, START_SECONDS)
        if not described.exists():
            sys.exit(f"The stack did not start:\n{Path(log.name).read_text()}")
        yield Client(json.loads(described.read_text()))
    finally:
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask the stack to stop; kill it when it does not."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def wait(until: Callable[[], bool], seconds: float) -> None:
    """Poll until the condition holds, for so many seconds at most."""
    deadline = time.monotonic() + seconds
    while not until() and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)


@contextmanager
def timed(samples: list[float]) -> Iterator[None]:
    """Add how long the block took."""
    started = time.perf_counter()
    yield
    samples.append((time.perf_counter() - started) * 1000)


def run(folder: Path, orders: int, samples: Samples) -> None:
    """Start the stack, make the orders one after the other, and start the stack once more."""
    with started(folder, samples["start to first 201, new folder"]) as client:
        for _ in range(orders):
            use(client, samples)
    with started(folder, samples["start to first 201, same folder"]):
        pass


@contextmanager
def started(folder: Path, samples: list[float]) -> Iterator[Client]:
    """Run the stack, and measure until it has accepted an order and finished it."""
    begin = time.perf_counter()
    with stack(folder) as client:
        order_id = client.create()
        samples.append((time.perf_counter() - begin) * 1000)
        await_processing(client, order_id)
        yield client


def use(client: Client, samples: Samples) -> None:
    """Take one order through every route."""
    with timed(samples["POST to processing"]):
        with timed(samples["POST /orders"]):
            order_id = client.create()
        await_processing(client, order_id)
    for name, method, path, body in (
        ("GET /orders/{order_id}", "GET", f"/orders/{order_id}", None),
        ("GET /orders", "GET", "/orders", None),
        ("GET /status/{identifier}", "GET", f"/status/{order_id}", None),
        ("PUT /orders/{order_id}", "PUT", f"/orders/{order_id}", {"status": "processing"}),
        ("DELETE /orders/{order_id}", "DELETE", f"/orders/{order_id}", None),
    ):
        with timed(samples[name]):
            client.ask(method, path, body)


def await_processing(client: Client, order_id: str) -> None:
    """Poll the order; ends the bench unless it becomes `processing`."""

    def status() -> object:
        return client.ask("GET", f"/orders/{order_id}")[1].get("status")

    wait(lambda: status() != "pending", ORDER_SECONDS)
    if (came := status()) != "processing":
        sys.exit(f"Order {order_id} is {came}, not processing")


def table(samples: Samples) -> str:
    """One line for each thing measured, in milliseconds."""
    lines = [f"{'milliseconds':34}{'median':>9}{'min':>9}{'max':>9}{'n':>6}"]
    for name, values in samples.items():
        figures = (statistics.median(values), min(values), max(values))
        lines.append(f"{name:34}" + "".join(f"{one:9.1f}" for one in figures) + f"{len(values):6}")
    return "\n".join(lines)


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__, allow_abbrev=False)
    parser.add_argument("--runs", type=int, default=3, help="how often to start anew (3)")
    parser.add_argument("--orders", type=int, default=20, help="orders in each run, up to 90 (20)")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs: must be 1 or more")
    if not 1 <= arguments.orders <= 90:
        parser.error("--orders: must be 1 to 90")
    samples: Samples = defaultdict(list)
    for number in range(1, arguments.runs + 1):
        print(f"run {number} of {arguments.runs} ...", file=sys.stderr)
        # Under /tmp: the path of a unix socket must be short.
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            run(Path(folder) / "data", arguments.orders, samples)
    print(table(samples))


if __name__ == "__main__":
    main()
