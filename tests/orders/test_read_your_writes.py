"""Read-your-writes, one look at a time: what is asked, and in which order."""

from collections.abc import Callable

import pytest

from orders import read_your_writes
from orders.errors import (
    ExecutionNotFound,
    OrderNotFound,
    OrderNotStoredYet,
    OrderStillProcessing,
)
from orders.read_your_writes import order_when_stored, wait_until_workflow_ends, when_shown
from tests.running.aws_calls import calls_of, internal_error, not_shown, when_asked
from tests.running.builders import a_line, an_id
from tests.running.in_process import InProcess

DESCRIBE = "stepfunctions.DescribeExecution"


@pytest.fixture(autouse=True)
def impatience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that end soon."""
    monkeypatch.setattr(read_your_writes, "MAX_SECONDS_FOR_ROW", 0.1)
    monkeypatch.setattr(read_your_writes, "SECONDS_BEFORE_ASKING", 0.05)
    monkeypatch.setattr(read_your_writes, "MAX_SECONDS_FOR_END", 0.1)


# GET.


def test_an_order_that_nobody_accepted_is_not_found_at_once(functions: InProcess) -> None:
    with pytest.raises(OrderNotFound):
        order_when_stored(an_id())


def test_an_accepted_order_that_is_not_stored_in_time_is_not_stored_yet(
    functions: InProcess,
) -> None:
    order_id = functions.create(a_line(functions.product()))

    with calls_of(DESCRIBE) as calls, pytest.raises(OrderNotStoredYet) as raised:
        order_when_stored(order_id)

    assert raised.value.order_id == order_id
    assert not calls


def test_an_order_is_read_that_is_stored_and_settled_between_two_looks(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the row first, and then whether the order is open, would find neither."""
    order_id = functions.create(a_line(functions.product()))
    find = read_your_writes._find  # noqa: SLF001 - the moment between the two looks
    looks: list[None] = []

    def the_workflow_runs_after_the_first_look(order_id: str) -> object:
        found = find(order_id)
        if not looks:
            functions.run(order_id)
        looks.append(None)
        return found

    monkeypatch.setattr(read_your_writes, "_find", the_workflow_runs_after_the_first_look)

    assert order_when_stored(order_id).order_id == order_id


def test_an_order_that_was_deleted_is_not_found(functions: InProcess) -> None:
    order_id = functions.processed(a_line(functions.product()))
    functions.api.delete(f"/orders/{order_id}")

    with pytest.raises(OrderNotFound):
        order_when_stored(order_id)


# PUT and DELETE.


def test_a_settled_order_keeps_nobody_waiting(functions: InProcess) -> None:
    order_id = functions.processed(a_line(functions.product()))

    with calls_of(DESCRIBE) as calls:
        wait_until_workflow_ends(order_id)

    assert not calls


@pytest.mark.parametrize("is_stored", [True, False])
def test_a_workflow_that_does_not_end_in_time_is_still_processing(
    functions: InProcess,
    is_stored: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    order_id = functions.create(a_line(functions.product()))
    if is_stored:
        functions.run(order_id, until="PersistOrder")

    with calls_of(DESCRIBE) as calls, pytest.raises(OrderStillProcessing):
        wait_until_workflow_ends(order_id)

    assert len(calls) == 1


def test_a_pending_order_whose_execution_is_over_keeps_nobody_waiting(
    functions: InProcess,
) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.run(order_id, until="PersistOrder")
    functions.stop(order_id)

    with calls_of(DESCRIBE) as calls:
        wait_until_workflow_ends(order_id)

    assert len(calls) == 1


def test_an_order_that_is_not_stored_and_whose_execution_is_over_is_not_waited_for(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_your_writes, "MAX_SECONDS_FOR_END", 60)
    order_id = functions.create(a_line(functions.product()))
    functions.stop(order_id)

    with pytest.raises(OrderStillProcessing):
        wait_until_workflow_ends(order_id)


def test_a_pending_order_is_waited_for_when_step_functions_does_not_answer(
    functions: InProcess,
) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.run(order_id, until="PersistOrder")
    functions.stop(order_id)

    with (
        when_asked(DESCRIBE, internal_error),
        pytest.raises(OrderStillProcessing),
    ):
        wait_until_workflow_ends(order_id)


def test_a_young_order_whose_execution_is_not_shown_is_waited_for(functions: InProcess) -> None:
    """Step Functions may not show the execution yet: nothing may be changed under its feet."""
    order_id = functions.create(a_line(functions.product()))
    functions.run(order_id, until="PersistOrder")

    with when_asked(DESCRIBE, not_shown), pytest.raises(OrderStillProcessing):
        wait_until_workflow_ends(order_id)

    functions.make_older(order_id)
    with when_asked(DESCRIBE, not_shown):
        wait_until_workflow_ends(order_id)


def test_an_order_that_nobody_accepted_keeps_nobody_waiting(functions: InProcess) -> None:
    wait_until_workflow_ends(an_id())


# GET /status.


def shown_at(call: int) -> Callable[[], str]:
    """Step Functions, which shows an execution at this call."""
    calls: list[None] = []

    def look() -> str:
        calls.append(None)
        if len(calls) < call:
            raise ExecutionNotFound
        return "shown"

    return look


def test_an_execution_that_is_not_shown_yet_is_looked_for_again(functions: InProcess) -> None:
    order_id = functions.create(a_line(functions.product()))

    assert when_shown(order_id, shown_at(2)) == "shown"


@pytest.mark.parametrize("settled", [False, True], ids=["unknown", "settled long ago"])
def test_an_execution_that_cannot_appear_is_not_found_at_once(
    functions: InProcess,
    settled: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    order_id = an_id()
    if settled:
        order_id = functions.processed(a_line(functions.product()))
        functions.make_older(order_id)

    with pytest.raises(ExecutionNotFound):
        when_shown(order_id, shown_at(2))
