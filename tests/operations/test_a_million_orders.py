"""What a run of the reconciler reads when a million orders were accepted in the last day."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from operations.reconciler.open_orders import PAGE_SIZE
from operations.reconciler.run import Reconciliation, reconcile
from tests.operations.operated import Operated

ORDERS = 1_000_000
BATCH = 100_000
Statement = tuple[str, dict[str, object]]


@pytest.fixture(scope="module")
def owner(system: Operated) -> Iterator[Connection]:
    with closing(connect_as_owner(system.environment)) as conn:
        for _ in range(ORDERS // BATCH):
            note(conn, BATCH, settled=True)
        conn.run("ANALYZE accepted_orders")
        yield conn


def note(conn: Connection, orders: int, *, settled: bool) -> None:
    """Note so many orders as accepted at some time of the last day, but not of the last hour."""
    conn.run(
        "INSERT INTO accepted_orders (order_id, request, order_digest, accepted_at, settled_at) "
        "SELECT gen_random_uuid()::text, '{}', repeat('0', 64), "
        "now() AT TIME ZONE 'utc' - INTERVAL '1 hour' * (1 + 23 * random()), "
        "CASE WHEN :settled THEN now() AT TIME ZONE 'utc' END "
        "FROM generate_series(1, CAST(:orders AS INTEGER))",
        orders=orders,
        settled=settled,
    )


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[Statement]:
    """The statements of the functions, as they send them."""
    sent: list[Statement] = []
    run = Connection.run

    def recorded(conn: Connection, sql: str, **parameters: object) -> object:
        sent.append((sql, parameters))
        return run(conn, sql, **parameters)

    monkeypatch.setattr(Connection, "run", recorded)
    return sent


def plan_of(conn: Connection, statement: Statement) -> dict[str, Any]:
    """How PostgreSQL ran the statement, and what it read."""
    sql, parameters = statement
    ((found,),) = conn.run(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", **parameters)
    return dict(found[0]["Plan"])


@pytest.mark.whole  # a million rows take a while
def test_a_run_reads_open_orders_only_however_many_are_settled(
    owner: Connection,
    statements: list[Statement],
    record_property: Callable[[str, object], None],
) -> None:
    began = time.monotonic()
    done = reconcile(Reconciliation())
    took = time.monotonic() - began
    record_property("table", f"A run with {ORDERS:,} settled orders and no open one: {took:.3f} s")

    assert not done.outcomes
    assert not done.more
    (listing,) = (each for each in statements if "accepted_orders" in each[0])
    assert len(statements) <= 4, "besides: BEGIN, COMMIT, and which role a new connection has"
    plan = plan_of(owner, listing)
    assert "accepted_orders_open" in json.dumps(plan)
    assert "Seq Scan" not in json.dumps(plan)
    assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 10

    note(owner, 5 * PAGE_SIZE, settled=False)
    page = plan_of(owner, listing)
    assert "accepted_orders_open" in json.dumps(page)
    assert page["Plans"][0]["Actual Rows"] == PAGE_SIZE
