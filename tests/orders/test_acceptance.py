"""Accepting an order: the execution first, then the note; every race of note and workflow."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Timer

import pytest
from pg8000.native import Connection

from orders import acceptance, database, step_functions
from orders.acceptance import accept
from orders.database import connect
from orders.documents.workflow import AcceptedOrder
from orders.errors import IdempotencyKeyReused, WorkflowUnavailable
from orders.settings import database_settings
from tests.running.aws_calls import calls_of, internal_error, when_asked
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.patient_client import PatientClient
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import failing


def an_accepted_order(product: str, quantity: int = 1, **changes: object) -> AcceptedOrder:
    document = an_order(a_line(product, quantity)) | {"order_id": an_id()} | changes
    return AcceptedOrder.model_validate(document)


NOTE = """
INSERT INTO accepted_orders (order_id, request, order_digest)
VALUES (:order_id, CAST(:request AS jsonb), :digest)
"""


def note_of(order: AcceptedOrder) -> dict[str, str]:
    return {"order_id": order.order_id, "request": order.request, "digest": order.digest}


def the_note(functions: InProcess, order: AcceptedOrder) -> Document | None:
    rows = functions.rows("SELECT * FROM accepted_orders WHERE order_id = :id", id=order.order_id)
    return rows[0] if rows else None


@contextmanager
def no_notes(functions: InProcess) -> Iterator[None]:
    """PostgreSQL refuses every note."""
    functions.rows("ALTER TABLE accepted_orders ADD CONSTRAINT no_notes CHECK (false) NOT VALID")
    try:
        yield
    finally:
        functions.rows("ALTER TABLE accepted_orders DROP CONSTRAINT no_notes")


def test_an_order_is_noted_as_it_was_accepted(functions: InProcess) -> None:
    order = an_accepted_order(functions.product())

    accept(order, may_be_known=False)

    note = the_note(functions, order)
    assert note is not None
    assert AcceptedOrder.model_validate(note["request"]) == order
    assert (note["order_digest"], note["settled_at"]) == (order.digest, None)
    assert step_functions.is_running(order.order_id)


def test_a_note_that_cannot_be_written_does_not_keep_the_order_from_being_accepted(
    functions: InProcess, caplog: pytest.LogCaptureFixture
) -> None:
    order = an_accepted_order(functions.product())

    with no_notes(functions):
        accept(order, may_be_known=False)

    assert the_note(functions, order) is None
    assert step_functions.is_running(order.order_id)
    assert "not noted as accepted" in caplog.text


def test_a_note_is_tried_again_while_the_database_is_away(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    order, host = an_accepted_order(functions.product()), functions.environment["DB_HOST"]

    def lead_to(database: str) -> None:
        monkeypatch.setenv("DB_HOST", database)
        database_settings.cache_clear()

    database._forget()  # noqa: SLF001 - the next transaction opens a new connection
    lead_to(f"{host}-is-away")
    returns = Timer(0.2, lead_to, [host])
    returns.start()
    accept(order, may_be_known=False)
    returns.join()

    assert the_note(functions, order)


@pytest.mark.parametrize(("silent", "least", "most"), [(True, 0.3, 0.5), (False, 0.6, 1.5)])
def test_a_database_that_says_nothing_is_asked_once_and_one_that_refuses_again(
    functions: InProcess,
    monkeypatch: pytest.MonkeyPatch,
    silent: bool,  # noqa: FBT001 - a parameter of the test
    least: float,
    most: float,
) -> None:
    monkeypatch.setattr(acceptance, "MAX_SECONDS_FOR_TRANSACTION", 0.3)
    monkeypatch.setattr(acceptance, "MAX_SECONDS_FOR_NOTE", 1.5)
    order = an_accepted_order(functions.product())
    with socket.create_server(("127.0.0.1", 0)) as server:
        database._forget()  # noqa: SLF001 - the next transaction opens a new connection
        monkeypatch.setenv("DB_HOST", "127.0.0.1")
        monkeypatch.setenv("DB_PORT", str(server.getsockname()[1] if silent else 1))
        database_settings.cache_clear()
        step_functions.start(order)  # makes the client, which takes a while
        started = time.monotonic()
        accept(order, may_be_known=False)

    database_settings.cache_clear()
    assert least <= time.monotonic() - started < most


def test_the_workflow_writes_a_note_that_is_lost(functions: InProcess) -> None:
    order = an_accepted_order(functions.product())
    with no_notes(functions):
        accept(order, may_be_known=False)

    functions.run(order.order_id)

    note = the_note(functions, order)
    assert note is not None
    assert AcceptedOrder.model_validate(note["request"]) == order
    assert note["settled_at"] is not None


@pytest.mark.parametrize("outcome", ["processed", "failed"])
def test_a_note_that_comes_after_the_workflow_has_ended_stays_settled(
    functions: InProcess, outcome: str
) -> None:
    order = an_accepted_order(functions.product())
    assert step_functions.start(order)
    if outcome == "processed":
        functions.run(order.order_id)
    else:
        functions.invoke("FailOrderFunction", failing(order.model_dump()))

    accept(order, may_be_known=False)

    note = the_note(functions, order)
    assert note is not None
    assert note["settled_at"] is not None


def test_a_note_that_comes_after_a_delete_is_settled_and_does_not_name_the_customer(
    functions: InProcess,
) -> None:
    order = an_accepted_order(functions.product())
    assert step_functions.start(order)
    functions.run(order.order_id)
    assert functions.api.delete(f"/orders/{order.order_id}").status_code == 200

    accept(order, may_be_known=True)

    note = the_note(functions, order)
    assert note is not None
    assert (note["request"], note["settled_at"] is not None) == (None, True)


CHECK_INVENTORY = """
import json, sys, types
from tasks.check_inventory import handler
context = types.SimpleNamespace(aws_request_id="request-1", function_version="1", function_name="f")
handler(json.loads(sys.argv[1]), context)
"""


@contextmanager
def locked_stock(product: str) -> Iterator[Connection]:
    """Somebody's transaction, which has locked the product's row."""
    with closing(connect(database_settings())) as somebody:
        somebody.run("BEGIN")
        somebody.run("SELECT FROM inventory WHERE product_id = :id FOR UPDATE", id=product)
        yield somebody


def test_a_note_does_not_wait_for_a_task_that_waits_for_stock(functions: InProcess) -> None:
    product = functions.product()
    order = an_accepted_order(product)
    step_functions.start(order)
    priced = functions.invoke("CalculatePriceFunction", order.model_dump())
    with (
        locked_stock(product) as somebody,
        subprocess.Popen([sys.executable, "-c", CHECK_INVENTORY, json.dumps(priced)]) as task,
    ):
        eventually(lambda: assert_stock_is_waited_for(functions))

        accept(order, may_be_known=False)

        assert the_note(functions, order)
        assert task.poll() is None
        somebody.run("COMMIT")
    assert task.returncode == 0
    assert functions.reservations(order.order_id) == {"held"}


def assert_stock_is_waited_for(functions: InProcess) -> None:
    waiting = functions.rows("SELECT query FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    assert any("UPDATE inventory" in row["query"] for row in waiting)


def test_an_order_that_somebody_stores_as_failed_is_settled(functions: InProcess) -> None:
    order = an_accepted_order(functions.product())
    accept(order, may_be_known=False)

    functions.rows("INSERT INTO orders VALUES (:id, 'C', 0, 'failed')", id=order.order_id)

    note = the_note(functions, order)
    assert note is not None
    assert note["settled_at"] is not None


def test_an_order_that_was_refused_before_it_was_reserved_is_noted(functions: InProcess) -> None:
    order = an_accepted_order("NOPE")
    with no_notes(functions):
        accept(order, may_be_known=False)

    functions.invoke("FailOrderFunction", failing(order.model_dump(), "UnknownProduct"))

    note = the_note(functions, order)
    assert note is not None
    assert (note["order_digest"], note["settled_at"] is not None) == (order.digest, True)


# Keys that are used again.


def begun(functions: InProcess, *, noted: bool, over: bool) -> AcceptedOrder:
    """An order whose execution was started, and perhaps aborted; its note may be lost."""
    order = an_accepted_order(functions.product())
    if noted:
        accept(order, may_be_known=True)
    else:
        step_functions.start(order)
    if over:
        functions.stop(order.order_id)
    return order


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("over", [True, False])
def test_the_same_order_is_accepted_again(
    functions: InProcess,
    noted: bool,  # noqa: FBT001 - a parameter of the test
    over: bool,  # noqa: FBT001
) -> None:
    order = begun(functions, noted=noted, over=over)

    accept(order, may_be_known=True)

    assert the_note(functions, order)


def test_an_order_without_a_key_that_has_ended_already_is_compared_with_nothing(
    functions: InProcess,
) -> None:
    """The answer to its start was lost, so the start is repeated when its execution has ended."""
    order = begun(functions, noted=False, over=True)

    with when_asked("stepfunctions.DescribeExecution", internal_error):
        accept(order, may_be_known=False)

    assert the_note(functions, order)


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("over", [True, False])
def test_another_order_under_the_same_id_is_refused(
    functions: InProcess,
    noted: bool,  # noqa: FBT001 - a parameter of the test
    over: bool,  # noqa: FBT001
) -> None:
    order = begun(functions, noted=noted, over=over)

    other = an_accepted_order(functions.product(), order_id=order.order_id)
    with pytest.raises(IdempotencyKeyReused):
        accept(other, may_be_known=True)


def test_a_settled_order_is_never_started_again(functions: InProcess) -> None:
    order = an_accepted_order(functions.product())
    accept(order, may_be_known=True)
    functions.run(order.order_id)
    functions.forget_executions()

    accept(order, may_be_known=True)

    assert functions.executions() == []


@pytest.mark.parametrize("reserved", [True, False])
def test_an_order_whose_note_and_execution_are_lost_is_started_again_by_its_key(
    functions: InProcess,
    reserved: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    order = begun(functions, noted=False, over=False)
    if reserved:
        functions.run(order.order_id, until="CheckInventory")
    functions.forget_executions()

    accept(order, may_be_known=True)

    note = the_note(functions, order)
    assert note is not None
    assert (AcceptedOrder.model_validate(note["request"]), note["settled_at"]) == (order, None)
    assert step_functions.is_running(order.order_id)


def test_an_order_from_before_digests_is_known_by_its_reservation(functions: InProcess) -> None:
    order = begun(functions, noted=False, over=False)
    functions.run(order.order_id)
    functions.rows(
        "WITH note AS (UPDATE accepted_orders SET order_digest = NULL WHERE order_id = :id) "
        "UPDATE inventory_reservations SET order_digest = NULL WHERE order_id = :id",
        id=order.order_id,
    )

    accept(order, may_be_known=True)

    with pytest.raises(IdempotencyKeyReused):
        accept(order.model_copy(update={"customer_id": "another"}), may_be_known=True)


def test_callers_with_one_key_at_the_same_time_make_one_order(shop: Shop) -> None:
    """On the real engine, each in a process of its own: eight callers want one, eight want two."""
    product, headers = shop.product(stock=10), {"Idempotency-Key": an_id()}
    client = PatientClient(shop.api)

    def post(quantity: int) -> tuple[int, str | None]:
        body = an_order(a_line(product, quantity))
        answer = client.call("POST", "/orders", json=body, headers=headers)
        return answer.status_code, answer.json().get("order_id")

    wanted = [1, 2] * 8
    with ThreadPoolExecutor(16) as threads:
        outcomes = set(zip(wanted, threads.map(post, wanted), strict=True))

    ((taken, order_id),) = [(each, its_id) for each, (code, its_id) in outcomes if code == 201]
    assert outcomes == {(taken, (201, order_id)), (3 - taken, (422, None))}
    (note,) = shop.rows("SELECT request FROM accepted_orders WHERE order_id = :id", id=order_id)
    assert note["request"]["items"] == [a_line(product, taken)]
    assert shop.end(str(order_id))["status"] == "SUCCEEDED"
    assert shop.stock(product) == 10 - taken


def test_a_name_that_is_taken_and_not_shown_yet_is_to_be_tried_again(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Step Functions is eventually consistent: it may know a name, and not show its execution."""
    order = an_accepted_order(functions.product())
    step_functions.start(order)
    functions.stop(order.order_id)
    monkeypatch.setattr(acceptance, "find_execution", lambda _: None)

    with pytest.raises(WorkflowUnavailable):
        accept(order, may_be_known=True)


def test_of_two_calls_at_once_the_second_waits_for_the_note_and_asks_step_functions_nothing(
    functions: InProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither finds a note; their requests have different ids, so the second start is refused."""
    monkeypatch.setattr(acceptance, "MAX_SECONDS_FOR_FIRST_NOTE", 10)
    first = an_accepted_order(functions.product(), request_id="R-1")
    second = first.model_copy(update={"request_id": "R-2"})
    noting = Timer(0.2, functions.rows, [NOTE], note_of(first))

    def start_the_first_one() -> None:
        step_functions.start(first)
        noting.start()

    with (
        when_asked("stepfunctions.StartExecution", start_the_first_one, only="R-2"),
        calls_of("stepfunctions.DescribeExecution") as described,
    ):
        accept(second, may_be_known=True)

    noting.join()
    note = the_note(functions, first)
    assert note is not None
    assert note["request"]["request_id"] == "R-1"
    assert described == []


def test_a_key_that_is_used_again_starts_the_noted_request(functions: InProcess) -> None:
    """So the start is idempotent, and an execution that was lost has the same input again."""
    first = an_accepted_order(functions.product(), request_id="R-1")
    accept(first, may_be_known=True)
    functions.forget_executions()

    with calls_of("stepfunctions.DescribeExecution") as described:
        for request_id in ("R-2", "R-3"):
            accept(first.model_copy(update={"request_id": request_id}), may_be_known=True)

    assert functions.input_of(first.order_id)["request_id"] == "R-1"
    assert described == []
