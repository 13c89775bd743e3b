"""Create, read, update, delete and /status in one breath, on a cloud as unkind as AWS.

An execution shows up to a second late there, and requests over quota are throttled.
"""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.crowd import until_quiet
from tests.running.patient_client import PatientClient
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack

CALLERS = 16
EXPECTED = [201, 200, 200, 200, 200, 200, 200, 404]


@pytest.fixture(scope="module")
def unkind(starts_a_stack: None) -> Iterator[Shop]:
    with a_running_stack("--unkind", "--faults", "--schedules", "0") as stack:
        yield stack


@pytest.fixture
def throttling(starts_a_stack: None) -> Iterator[Shop]:
    """Its quotas are a tenth of AWS's, so that a laptop exceeds them."""
    options = ("--unkind", "--quota-scale", "0.1", "--faults", "--schedules", "0")
    with a_running_stack(*options) as stack:
        yield stack


def in_one_breath(client: PatientClient, order: Document) -> list[int]:
    """The statuses of the answers; the order is created, read, changed and deleted."""
    created = client.call("POST", "/orders", json=order, headers={"Idempotency-Key": an_id()})
    order_id = created.json()["order_id"]
    path = f"/orders/{order_id}"
    answers = [
        created,
        client.call("GET", path),
        client.call("GET", f"/status/{order_id}"),
        client.call("PUT", path, json={"status": "shipped"}),
        client.call("PUT", path, json={"status": "delivered"}),
        client.call("GET", path),
        client.call("DELETE", path),
        client.call("GET", path),
    ]
    return [answer.status_code for answer in answers]


def test_everything_in_one_breath_without_a_surprise(
    unkind: Shop, pytestconfig: pytest.Config
) -> None:
    times = 200 if pytestconfig.getoption("--all") else 5
    client = PatientClient(unkind.api)
    order = an_order(a_line(unkind.product(stock=times)))

    for _ in range(times):
        assert in_one_breath(client, order) == EXPECTED

    assert client.delayed == Counter()


@pytest.mark.whole  # the callers wait for minutes, as Retry-After asks them to
def test_callers_that_are_throttled_wait_as_they_are_told_and_see_no_surprise(
    throttling: Shop,
) -> None:
    times = 200
    product = throttling.product(stock=times + 1)
    client, order = PatientClient(throttling.api), an_order(a_line(product))

    with ThreadPoolExecutor(CALLERS) as threads:
        breaths = [threads.submit(in_one_breath, client, order) for _ in range(times)]

    assert [breath.result() for breath in breaths] == [EXPECTED] * times
    assert client.delayed[503] > 0, "no quota was exceeded"
    until_quiet(throttling)
    assert throttling.stock(product) == 1, "every order was shipped once"
    assert throttling.findings() == []
