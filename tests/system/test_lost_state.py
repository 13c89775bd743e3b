"""Components lose what they hold while orders are in flight, and their processes go on.

Nobody helps: the stack notices it, mends them and starts the orders again.
"""

from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest

from tests.running.builders import a_line, an_order
from tests.running.crowd import Crowd, outcomes, until_quiet
from tests.running.definition import FORWARD
from tests.running.killing import DATABASE
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack
from tests.running.waiting import eventually

ORDERS, HELD = 24, 2
LOST_TABLES = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


@pytest.fixture(scope="module")
def own(starts_a_stack: None) -> Iterator[Shop]:
    """No run of the reconciler's schedule is due within the hour."""
    with a_running_stack("--faults", "--schedules", "3600") as stack:
        yield stack


def lose_state_machine(shop: Shop) -> None:
    arn = shop.environment["STATE_MACHINE_ARN"]
    shop.aws("stepfunctions").delete_state_machine(stateMachineArn=arn)


def lose_bucket(shop: Shop) -> None:
    """S3 deletes empty buckets only. DeleteObjects leaves the folder of kept objects as it is."""
    s3, bucket = shop.aws("s3"), shop.environment["S3_BUCKET"]

    def deleted() -> None:
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
        if keys:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": key} for key in keys]})
        try:
            s3.delete_bucket(Bucket=bucket)
        except s3.exceptions.ClientError as error:  # an order has just been backed up
            raise AssertionError from error

    eventually(deleted)


def lose_both(shop: Shop) -> None:
    lose_bucket(shop)
    lose_state_machine(shop)


def health(shop: Shop) -> httpx.Response:
    return httpx.get(f"{shop.description['api_url']}/health")


def until_ready(shop: Shop) -> None:
    def ready() -> None:
        assert health(shop).json() == {"status": "ready"}

    eventually(ready, seconds=60)


def until_missing(shop: Shop, component: str, what: str) -> None:
    def missing() -> None:
        answer = health(shop)
        assert answer.status_code == 503
        assert what in answer.json()["missing"][component]

    eventually(missing, seconds=60)


@pytest.mark.parametrize(
    "lose",
    [
        lose_both,
        pytest.param(lose_state_machine, marks=pytest.mark.whole),
        pytest.param(lose_bucket, marks=pytest.mark.whole),
    ],
)
def test_orders_outlive_what_moto_loses(own: Shop, lose: Callable[[Shop], None]) -> None:
    until_ready(own)
    product = own.product(stock=ORDERS)
    for state in FORWARD:
        own.plan(state, {"kind": "hold", "times": HELD})
    ids = Crowd(own, connections=8).order(an_order(a_line(product)), ORDERS // 2)
    for state in FORWARD:
        own.until_held(state, HELD)

    lose(own)
    own.clear_faults()
    crowd = Crowd(own, connections=8)
    ids += crowd.order(an_order(a_line(product)), ORDERS // 2)

    assert set(crowd.answered) <= {201, 503}
    eventually(lambda: assert_settled(own), seconds=120)
    until_quiet(own)
    until_ready(own)
    ended = outcomes(own, ids)
    assert set(ended) <= {"processing", "failed"}  # failed: here retries end before the mending
    assert own.stock(product) == ORDERS - ended["processing"]
    assert own.findings() == []


def assert_settled(shop: Shop) -> None:
    assert shop.rows("SELECT order_id FROM accepted_orders WHERE settled_at IS NULL") == []


def test_callers_may_try_again_until_the_state_machine_is_there(own: Shop) -> None:
    until_ready(own)
    lose_state_machine(own)

    until_missing(own, "state_machine", "does not exist")
    answer = own.api.post("/orders", json=an_order(a_line("PROD001")))
    while answer.status_code != 201:
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        answer = own.api.post("/orders", json=an_order(a_line("PROD001")))


def test_a_database_that_lost_its_tables_gets_them_again(own: Shop) -> None:
    until_ready(own)
    for statement in LOST_TABLES.split(";"):
        own.database.run(statement)

    until_missing(own, "database", "has lost its tables: accepted_orders, inventory,")
    until_ready(own)

    order_id = own.processed(a_line("PROD001"))
    assert own.api.get(f"/orders/{order_id}").status_code == 200


@pytest.mark.whole  # it takes half a minute until a busy database is one that hangs
def test_a_database_that_hangs_is_replaced(own: Shop) -> None:
    until_ready(own)
    server = psutil.Process(own.pid(DATABASE))
    for process in [server, *server.children()]:
        process.suspend()

    until_missing(own, "database", "does not answer")
    until_ready(own)

    own.reconnect()
    assert own.pid(DATABASE) != server.pid
    own.processed(a_line("PROD001"))
