"""The limits of a run: its pace, and its end between any two steps of one order."""

import math
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import pairwise

import pytest
from pg8000.native import Connection

from operations.reconciler.limits import Limits, OutOfTime
from operations.reconciler.open_orders import open_orders
from operations.reconciler.reads import evidence_of_open_order, evidence_without_backup
from operations.reconciler.run import repair
from tests.operations.operated import Operated
from tests.running.aws_calls import when_asked
from tests.running.builders import a_line

AWS = (
    *("stepfunctions.DescribeExecution", "stepfunctions.GetExecutionHistory"),
    *("stepfunctions.StartExecution", "s3.HeadObject", "s3.PutObject"),
)
STEPS_OF_A_CONNECTION = ("BEGIN", "COMMIT", "ROLLBACK", "SELECT pg_has_role")


def test_descriptions_are_paced_and_the_first_does_not_wait() -> None:
    now, waits = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    limits = Limits(seconds=90, per_second=5, clock=lambda: now[0], sleep=sleep)
    for _ in range(11):
        limits.before_describing()

    assert waits[0] == 0
    assert now[0] == pytest.approx(2.0)


def test_a_description_that_took_its_time_is_not_waited_after() -> None:
    now, waits = [0.0], list[float]()
    limits = Limits(seconds=90, per_second=5, clock=lambda: now[0], sleep=waits.append)
    for _ in range(2):
        limits.before_describing()
        now[0] += 8

    assert waits == [0, 0]


def test_a_run_is_over_at_its_end() -> None:
    now = [0.0]
    limits = Limits(seconds=90, per_second=5, clock=lambda: now[0])
    limits.check()
    now[0] = 90

    for check in (limits.check, limits.before_describing):
        with pytest.raises(OutOfTime):
            check()


# Between any two steps.

AnOrder = Callable[[Operated], str]


def aborted_in(state: str) -> AnOrder:
    return lambda system: system.ended_in(state, system.product(stock=10))[0]


def gone(system: Operated) -> str:
    order_id = system.create(a_line(system.product()))
    system.forget_executions()
    return order_id


ORDERS = {
    "compensated": aborted_in("PersistOrder"),
    "completed": aborted_in("BackUpOrder"),
    "started again": gone,
}


@pytest.fixture(autouse=True)
def _the_doctor_finds_nothing_afterwards(system: Operated) -> Iterator[None]:
    system.forget_everything()
    yield
    assert system.findings() == []


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch, system: Operated) -> Iterator[list[str]]:
    """The steps as they are taken: statements, and calls of AWS."""
    steps: list[str] = []
    run = Connection.run

    def recorded(conn: Connection, sql: str, **parameters: object) -> object:
        if not sql.startswith(STEPS_OF_A_CONNECTION):
            steps.append(sql)
        return run(conn, sql, **parameters)

    with ExitStack() as stack:
        for operation in AWS:
            stack.enter_context(when_asked(operation, partial(steps.append, operation)))
        monkeypatch.setattr(Connection, "run", recorded)
        yield steps


@pytest.mark.parametrize("an_order", ORDERS.values(), ids=ORDERS)
def test_the_time_is_checked_before_every_step(
    system: Operated, taken: list[str], an_order: AnOrder
) -> None:
    order_id = an_order(system)
    taken.clear()

    def clock() -> float:
        taken.append("check")
        return 0.0

    limits = Limits(math.inf, math.inf, clock)

    assert list(open_orders(0, limits)) == [order_id]
    assert repair(order_id, evidence_of_open_order, limits, dry_run=False)

    unchecked = [step for before, step in pairwise(taken) if "check" not in (before, step)]
    assert len(set(taken)) > 4
    assert unchecked == []


@pytest.mark.parametrize("an_order", ORDERS.values(), ids=ORDERS)
def test_a_repair_that_runs_out_of_time_has_changed_nothing(
    system: Operated, an_order: AnOrder
) -> None:
    """Wherever it does: each round gives the repair a moment more."""
    order_id, moments = an_order(system), 0
    before = (system.order_row(order_id), system.reservations(order_id), system.executions())

    while not repaired_within(moments, order_id):
        found = (system.order_row(order_id), system.reservations(order_id), system.executions())
        assert found == before
        moments += 1

    assert moments > 4


def repaired_within(moments: int, order_id: str) -> bool:
    """Whether the repair, of which every check takes a moment, is done by then."""
    clock = iter(range(10_000))
    limits = Limits(moments, math.inf, clock=lambda: float(next(clock)))
    try:
        return repair(order_id, evidence_of_open_order, limits, dry_run=False) is not None
    except OutOfTime:
        return False


def test_a_backup_is_not_written_without_time(system: Operated) -> None:
    order_id = system.succeeded(a_line(system.product()))
    system.lose_backup(order_id)

    with pytest.raises(OutOfTime):
        repair(order_id, evidence_without_backup, Limits(0, 5), dry_run=False)

    assert repair(order_id, evidence_without_backup, Limits(math.inf, 5), dry_run=False)
