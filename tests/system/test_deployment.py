"""A deployment and a rollback, watched: orders in flight finish on the versions they began with."""

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from tests.running.builders import Document, a_line, an_order
from tests.running.definition import FORWARD
from tests.running.releases import NEW_STATE, next_release, rollback
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack

HELD = 7
"""So many of a function's eight slots are held in each state; the last one serves other orders."""
WAITING = 8
"""So many more orders wait for a throttled CalculatePrice: with those held, there are 50."""
NEW = 5
FIRST, SECOND, THIRD = "1", "2", "3"
NEW_FORWARD = [*FORWARD[:3], NEW_STATE, *FORWARD[3:]]


@pytest.fixture
def shop(starts_a_stack: None) -> Iterator[Shop]:
    """A stack for one test, as deploying changes it.

    Its back-offs are long enough for throttled orders to wait until they may go on.
    """
    with a_running_stack(
        "--faults", "--schedules", "0", "--backoff-scale", "0.5", "--unkind"
    ) as stack:
        yield stack


@dataclass
class InFlight:
    """Orders whose workflow has not ended, by how they will end."""

    shop: Shop
    product: str
    processing: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def hold(self, states: Sequence[str]) -> None:
        """Hold HELD orders in each of these states and in FailOrder, and let WAITING more wait."""
        throttled = {"kind": "throttle", "times": None, "where": {"customer_id": "WAITS"}}
        self.shop.plan(states[0], throttled)
        for state in [*states, "FailOrder"]:
            where = {"customer_id": state}
            self.shop.plan(state, {"kind": "hold", "times": HELD, "where": where})
        held = [state for state in states for _ in range(HELD)]
        with ThreadPoolExecutor(10) as threads:
            self.processing += threads.map(self.post, [*held, *["WAITS"] * WAITING])
            self.failed += threads.map(partial(self.post, quantity=10_000), ["FailOrder"] * HELD)
        for state in [*states, "FailOrder"]:
            self.shop.until_held(state, HELD)

    def post(self, customer_id: str, quantity: int = 1) -> str:
        """Create an order with a remark, which the first release ignores; returns its id."""
        order = an_order(a_line(self.product, quantity), customer_id=customer_id)
        answer = self.shop.api.post("/orders", json=order | {"remark": "gift"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["order_id"])

    def in_flight_at(self, time: datetime) -> int:
        """How many of the orders, all of which have ended, ended after this time."""
        engine = self.shop.aws("stepfunctions")
        arns = map(self.shop.execution_arn, [*self.processing, *self.failed])
        return sum(engine.describe_execution(executionArn=arn)["stopDate"] > time for arn in arns)


def deploy(shop: Shop, folder: Path) -> str:
    """Deploy the tree; returns the version that its functions have."""
    key = {"x-api-key": shop.description["api_key"]}
    url = f"{shop.description['lambda_url']}/releases"
    answer = shop.control.post(url, json={"folder": str(folder)}, headers=key, timeout=120)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["version"])


def versions(shop: Shop, order_id: str) -> set[tuple[str, str]]:
    """The states that completed for the order, each with its version, from the logs."""
    found = set()
    for log in Path(shop.description["logs"]).glob("*Function.log"):
        for line in log.read_text().splitlines():
            entry = json.loads(line) if line.startswith("{") else {}
            if entry.get("order_id") == order_id and entry["message"] == "done":
                found.add((log.stem.removesuffix("Function"), entry["version"]))
    return found


def called(shop: Shop, order_id: str) -> set[str]:
    """The versions that the engine called for the order, from the execution's history."""
    details = [event.get("taskScheduledEventDetails") for event in shop.history(order_id)]
    arns = [json.loads(each["parameters"])["FunctionName"] for each in details if each]
    return {arn.rsplit(":", 1)[1] for arn in arns}


def the_input(shop: Shop, order_id: str) -> Document:
    """The input of the order's execution."""
    arn = shop.execution_arn(order_id)
    found = shop.aws("stepfunctions").describe_execution(executionArn=arn)
    return dict(json.loads(found["input"]))


def assert_ended(orders: InFlight, forward: Sequence[str], version: str) -> None:
    """All orders end as they should, on this version of every function."""
    for order_id in orders.processing:
        assert orders.shop.end(order_id)["status"] == "SUCCEEDED"
        assert orders.shop.order_row(order_id)["status"] == "processing"  # type: ignore[index]
        assert orders.shop.path(order_id) == [*forward]
        assert versions(orders.shop, order_id) == {(state, version) for state in forward}
        assert called(orders.shop, order_id) == {version}
    for order_id in orders.failed:
        assert orders.shop.end(order_id)["status"] == "FAILED"
        assert orders.shop.order_row(order_id)["status"] == "failed"  # type: ignore[index]
        assert orders.shop.path(order_id) == [*forward[:2], "FailOrder", "OrderFailed"]
        assert called(orders.shop, order_id) == {version}


def assert_new_orders(shop: Shop, forward: Sequence[str], version: str, remark: str | None) -> None:
    """Orders that are created now go through this machine, on this version, to their end."""
    orders = InFlight(shop, shop.product())
    orders.processing = [orders.post("CUST001") for _ in range(NEW)]
    assert_ended(orders, forward, version)
    for order_id in orders.processing:
        assert shop.api.get(f"/orders/{order_id}").json().get("remark") == remark


@pytest.mark.whole  # nearly a minute; tests/local/test_deployments.py does it on a small stack
def test_fifty_orders_in_flight_outlive_a_deployment_and_its_rollback(
    shop: Shop, tmp_path: Path
) -> None:
    to_next, back = next_release(tmp_path / "next"), rollback(tmp_path / "back")
    product = shop.product(stock=1000)
    first, second = InFlight(shop, product), InFlight(shop, product)

    first.hold(FORWARD)
    assert deploy(shop, to_next) == SECOND
    deployed = datetime.now(UTC)
    assert_new_orders(shop, NEW_FORWARD, SECOND, remark="gift")
    assert "remark" not in the_input(shop, shop.processed(a_line(shop.product())))
    shop.clear_faults()
    assert_ended(first, FORWARD, FIRST)
    assert first.in_flight_at(deployed) == 50

    second.hold(NEW_FORWARD)
    assert deploy(shop, back) == THIRD
    rolled_back = datetime.now(UTC)
    assert_new_orders(shop, FORWARD, THIRD, remark=None)
    shop.clear_faults()
    assert_ended(second, NEW_FORWARD, SECOND)
    assert second.in_flight_at(rolled_back) == 50 + HELD

    ended = len(first.processing + second.processing)
    assert shop.stock(product) == 1000 - ended
    assert shop.findings() == []
