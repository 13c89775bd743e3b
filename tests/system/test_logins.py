"""The functions' login while orders are in flight: few connections left, and a rotated password."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.postgres.logins import FUNCTIONS, IDLE_SECONDS
from local.step_functions.resources import SECRET_ARN
from tests.running.builders import a_line, an_order
from tests.running.crowd import Crowd, outcomes, until_quiet
from tests.running.killing import ENGINE, kill_component
from tests.running.shop import Shop
from tests.running.stacks import SHORT_BACKOFFS
from tests.running.waiting import eventually

CONNECTIONS = 10


@pytest.mark.whole
def test_five_hundred_orders_on_ten_connections_are_all_processed(own: Shop) -> None:
    product = own.product(stock=500)
    own.rows(f"ALTER ROLE {FUNCTIONS} CONNECTION LIMIT {CONNECTIONS}")
    idle = IDLE_SECONDS * SHORT_BACKOFFS
    own.rows(f"ALTER ROLE {FUNCTIONS} SET idle_session_timeout = '{idle}s'")

    ids = Crowd(own, connections=100).order(an_order(a_line(product)), times=500)
    until_quiet(own)

    assert outcomes(own, ids) == {"processing": 500}
    assert own.stock(product) == 0
    assert refusals(own, "too many connections") > 0
    own.rows(f"ALTER ROLE {FUNCTIONS} CONNECTION LIMIT -1")
    assert own.reconcile() == {}
    assert own.findings() == []


@pytest.mark.whole
def test_a_rotation_in_the_middle_of_a_hundred_orders_fails_none(own: Shop) -> None:
    product = own.product(stock=100)
    crowd = Crowd(own, connections=20)
    before = stored(own)

    with ThreadPoolExecutor(1) as thread:
        posting = thread.submit(crowd.order, an_order(a_line(product)), 100)
        eventually(lambda: assert_stored(own, before + 20), seconds=120)
        rotate(own)
        ids = posting.result()
    until_quiet(own)

    assert outcomes(own, ids) == {"processing": 100}
    assert own.stock(product) == 0
    assert own.findings() == []


@pytest.mark.whole
def test_a_rotated_password_is_forgotten_together_with_its_secret(own: Shop) -> None:
    """The secret has the stack's first password once the engine has restarted."""
    rotate(own)

    kill_component(own, ENGINE)
    own.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :u", u=FUNCTIONS
    )

    order_id = own.create(a_line(own.product()))
    assert own.end(order_id)["status"] == "SUCCEEDED"


def rotate(shop: Shop) -> None:
    """Rotate as Secrets Manager does, the database first; every connection ends in between."""
    shop.rows(f"ALTER ROLE {FUNCTIONS} PASSWORD 'rotated'")
    shop.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :u", u=FUNCTIONS
    )
    eventually(lambda: assert_refused(shop, "password authentication failed"))
    secret = json.dumps({"username": FUNCTIONS, "password": "rotated"})
    shop.aws("secretsmanager").put_secret_value(SecretId=SECRET_ARN, SecretString=secret)


def stored(shop: Shop) -> int:
    """How many orders are in the table."""
    (row,) = shop.rows("SELECT count(*) AS orders FROM orders")
    return int(row["orders"])


def assert_stored(shop: Shop, times: int) -> None:
    assert stored(shop) >= times


def assert_refused(shop: Shop, words: str) -> None:
    assert refusals(shop, words) > 0


def refusals(shop: Shop, words: str) -> int:
    """How many logins PostgreSQL has refused with these words."""
    return Path(shop.description["logs"], "postgres.log").read_text().count(words)
