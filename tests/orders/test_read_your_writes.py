"""Read-your-writes, one look at a time: what is asked, and in which order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from orders import read_your_writes, step_functions
from orders.errors import OrderNotFound, OrderStillProcessing
from orders.read_your_writes import order_when_stored, wait_until_workflow_ends
from tests.running.builders import a_line, an_id
from tests.running.in_process import InProcess


@contextmanager
def when_step_functions_is_asked(do: Callable[[], None]) -> Iterator[None]:
    """Do something at the first DescribeExecution, just before Step Functions answers it."""
    client = step_functions._states()  # noqa: SLF001 - boto3's own events, on the client we use
    left = [do]

    def once(**_: object) -> None:
        if left:
            left.pop()()

    client.meta.events.register("before-call.sfn.DescribeExecution", once)
    try:
        yield
    finally:
        client.meta.events.unregister("before-call.sfn.DescribeExecution", once)


def test_an_order_that_nobody_accepted_is_not_found_at_once(functions: InProcess) -> None:
    with pytest.raises(OrderNotFound):
        order_when_stored(an_id())


def test_an_order_is_read_that_was_stored_and_ended_while_step_functions_was_asked(
    functions: InProcess,
) -> None:
    """Reading the row first, and then whether it is running, would find neither."""
    order_id = functions.create(a_line(functions.product()))

    def end_the_workflow() -> None:
        functions.run(order_id)
        functions.stop(order_id)

    with when_step_functions_is_asked(end_the_workflow):
        assert order_when_stored(order_id).order_id == order_id


def test_a_workflow_that_ended_while_step_functions_was_asked_keeps_nobody_waiting(
    functions: InProcess,
) -> None:
    order_id = functions.create(a_line(functions.product()))

    with when_step_functions_is_asked(lambda: functions.run(order_id)):
        wait_until_workflow_ends(order_id)


def test_a_row_that_does_not_come_in_time_is_not_found(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_your_writes, "MAX_SECONDS_FOR_ROW", 0.1)
    order_id = functions.create(a_line(functions.product()))

    with pytest.raises(OrderNotFound):
        order_when_stored(order_id)


def test_a_workflow_that_does_not_end_in_time_is_still_processing(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(read_your_writes, "MAX_SECONDS_FOR_END", 0.1)
    order_id = functions.create(a_line(functions.product()))

    with pytest.raises(OrderStillProcessing):
        wait_until_workflow_ends(order_id)


def test_an_aborted_workflow_keeps_nobody_waiting(functions: InProcess) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.stop(order_id)

    wait_until_workflow_ends(order_id)
