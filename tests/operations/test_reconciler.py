"""The reconciler in this process: real tables, and executions that ended as each test wants."""

import json
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest

from operations.reconciler import open_orders, run
from orders.logs import logger
from tests.operations.operated import (
    Operated,
    moto_execution,
)
from tests.running.aws_calls import internal_error, when_asked
from tests.running.builders import a_line, an_order
from tests.running.definition import TASKS, before
from tests.running.logged import logged
from tests.running.walking import FORWARD, TaskFailed


@pytest.fixture(autouse=True)
def _the_doctor_finds_nothing_afterwards(system: Operated) -> Iterator[None]:
    system.forget_everything()
    yield
    assert system.findings() == []


def assert_failed(system: Operated, order_id: str, product: str) -> None:
    """The order of 3 of 10 pieces is stored as failed, and its stock is back."""
    row = system.order_row(order_id)
    assert row is not None
    assert row["status"] == "failed"
    assert system.reservations(order_id) == {"released"}
    assert system.stock(product) == 10
    assert len(system.item_rows(order_id)) == 1


def assert_processing(system: Operated, order_id: str, product: str) -> None:
    """The order of 3 of 10 pieces is stored as processing, and holds its stock."""
    row = system.order_row(order_id)
    assert row is not None
    assert row["status"] == "processing"
    assert system.reservations(order_id) == {"held"}
    assert system.stock(product) == 7
    assert len(system.item_rows(order_id)) == 1


# What becomes of an order.


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
@pytest.mark.parametrize("state", ["CalculatePrice", "CheckInventory", "PersistOrder"])
def test_an_order_whose_execution_ended_before_the_backup_fails(
    system: Operated, state: str, *, ran: bool
) -> None:
    product = system.product(stock=10)
    order_id, document = system.ended_in(state, product, ran=ran)

    assert system.reconcile() == {order_id: "failed"}

    assert_failed(system, order_id, product)
    system.too_late(state, document)
    assert_failed(system, order_id, product)
    assert system.reconcile() == {}


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_an_order_that_left_no_trace_in_the_tables_fails(system: Operated, status: str) -> None:
    product = system.product(stock=10)
    order_id, _ = system.ended_in("CalculatePrice", product, status)

    assert system.reconcile() == {order_id: "failed"}

    assert_failed(system, order_id, product)


def test_an_order_without_a_backup_fails(system: Operated) -> None:
    product = system.product(stock=10)
    order_id, document = system.ended_in("BackUpOrder", product, ran=False)

    assert system.reconcile() == {order_id: "failed"}

    system.too_late("BackUpOrder", document)
    assert_failed(system, order_id, product)


@pytest.mark.parametrize(("state", "ran"), [("BackUpOrder", True), ("UpdateStatus", False)])
def test_an_order_with_a_backup_is_completed(system: Operated, state: str, *, ran: bool) -> None:
    product = system.product(stock=10)
    order_id, document = system.ended_in(state, product, "TIMED_OUT", ran=ran)

    assert system.reconcile() == {order_id: "finished"}

    system.too_late(state, document)
    assert_processing(system, order_id, product)
    assert system.reconcile() == {}


@pytest.mark.parametrize("status", ["ABORTED", "TIMED_OUT", "FAILED"])
def test_an_order_that_fail_order_did_not_record_fails(system: Operated, status: str) -> None:
    product = system.product(stock=10)
    order_id, document = system.ended_in("FailOrder", product, status, ran=False)

    assert system.reconcile() == {order_id: "failed"}

    system.too_late("FailOrder", document)
    assert_failed(system, order_id, product)


@pytest.mark.parametrize("state", ["UpdateStatus", "FailOrder"])
def test_an_order_whose_last_task_was_done_is_left_alone(system: Operated, state: str) -> None:
    product = system.product(stock=10)
    order_id, _ = system.ended_in(state, product)

    assert system.reconcile() == {}

    done = assert_processing if state == "UpdateStatus" else assert_failed
    done(system, order_id, product)


def test_an_order_whose_update_got_lost_is_completed(system: Operated) -> None:
    product = system.product(stock=10)
    order_id = system.succeeded(a_line(product, 3))
    system.rows("UPDATE orders SET status = 'pending' WHERE order_id = :id", id=order_id)

    assert system.reconcile() == {order_id: "finished"}

    assert_processing(system, order_id, product)


def test_an_order_keeps_the_price_that_its_execution_had_found(system: Operated) -> None:
    product = system.product(price="10.05", stock=10)
    order_id, _ = system.ended_in("CheckInventory", product)
    system.reconcile()

    row = system.order_row(order_id)
    assert row is not None
    assert row["total_amount"] == Decimal("30.15")


@pytest.mark.parametrize("ran", [False, True], ids=["not run", "run"])
@pytest.mark.parametrize("state", FORWARD)
def test_an_order_whose_execution_is_gone_goes_on(
    system: Operated, state: str, *, ran: bool
) -> None:
    """It keeps its stock, and is processed, wherever it was."""
    product = system.product(stock=10)
    order_id, _ = system.ended_in(state, product, ran=ran)
    system.forget_executions()
    is_settled = state == "UpdateStatus" and ran

    assert system.reconcile() == ({} if is_settled else {order_id: "started again"})

    if not is_settled:
        system.run(order_id)
    assert_processing(system, order_id, product)


def test_an_order_that_is_in_no_table_but_the_accepted_ones_is_started_again(
    system: Operated,
) -> None:
    product = system.product(stock=10)
    order_id = system.create(a_line(product, 3))
    system.forget_executions()

    assert system.reconcile() == {order_id: "started again"}
    assert system.reconcile() == {}, "its execution is running"

    system.run(order_id)
    assert_processing(system, order_id, product)


def lose_note(system: Operated, order_id: str) -> None:
    system.rows("DELETE FROM accepted_orders WHERE order_id = :id", id=order_id)


def test_an_order_whose_note_was_lost_before_it_was_reserved_is_started_again(
    system: Operated,
) -> None:
    product = system.product(stock=10)
    order_id = system.create(a_line(product, 3))
    lose_note(system, order_id)
    system.walk(order_id, until="CheckInventory")
    system.forget_executions()

    assert system.reconcile() == {order_id: "started again"}

    system.run(order_id)
    assert_processing(system, order_id, product)


def test_an_order_whose_note_and_execution_are_lost_is_known_again_by_its_key(
    system: Operated,
) -> None:
    product = system.product(stock=10)
    order, key = an_order(a_line(product, 3)), {"Idempotency-Key": str(uuid4())}
    order_id = system.api.post("/orders", json=order, headers=key).json()["order_id"]
    lose_note(system, order_id)
    system.end(order_id, "ABORTED")
    assert system.reconcile() == {}, "only the doctor finds it"

    assert system.api.post("/orders", json=order, headers=key).status_code == 201

    assert system.reconcile() == {order_id: "failed"}
    assert_failed(system, order_id, product)


@pytest.mark.parametrize("state", ["CheckInventory", "PersistOrder"])
def test_an_order_that_was_accepted_before_it_could_be_noted_is_repaired_from_the_tables(
    system: Operated, state: str
) -> None:
    """Nobody knows its execution's input; its reservation has the digest of the whole order."""
    product = system.product(stock=10)
    order_id, _ = system.ended_in(state, product)
    system.forget_executions()
    system.rows("UPDATE accepted_orders SET request = NULL WHERE order_id = :id", id=order_id)
    system.rows(
        "UPDATE inventory_reservations SET order_digest = :other WHERE order_id = :id",
        other="0" * 64,
        id=order_id,
    )

    assert system.reconcile() == {}, "its execution may be running, and not be shown yet"
    system.make_older(order_id)
    assert system.reconcile() == {order_id: "failed"}

    assert_failed(system, order_id, product)


@pytest.mark.parametrize("state", TASKS)
def test_an_order_whose_execution_is_running_is_left_alone(system: Operated, state: str) -> None:
    product = system.product(stock=10)
    order_id, _ = system.ended_in(state, product, ran=False)
    system.end(order_id, "RUNNING")

    assert system.reconcile() == {}
    assert system.findings() == []

    system.end(order_id, "ABORTED")
    system.reconcile()


def test_an_execution_that_was_started_by_hand_is_not_an_order(system: Operated) -> None:
    for document in ([1], {}, {"order_id": "X"}, "words"):
        name = f"by-hand-{uuid4()}"
        system.start_by_hand(name, document)
        system.end(name, "FAILED", document)

        assert system.reconcile() == {}
        assert not system.order_row(name)


# Which orders, and how many.


def test_young_orders_are_left_alone(system: Operated) -> None:
    order_id, _ = system.ended_in("PersistOrder", system.product(stock=10))

    assert system.reconcile(older_than=3600) == {}
    assert system.reconcile() == {order_id: "failed"}


def test_a_run_is_bounded_says_so_and_the_next_goes_on(system: Operated) -> None:
    product = system.product(stock=12)
    ids = {system.ended_in("PersistOrder", product)[0] for _ in range(4)}

    runs = [system.reconciled(seconds=1e-9), system.reconciled(at_most=2), system.reconciled()]

    assert [len(run["outcomes"]) for run in runs] == [0, 2, 2]
    assert [run["more"] for run in runs] == [True, True, False]
    outcomes = [each for run in runs for each in run["outcomes"]]
    assert {each["order_id"] for each in outcomes} == ids
    assert {each["outcome"] for each in outcomes} == {"failed"}


def test_orders_that_are_left_alone_keep_no_later_one_waiting(
    system: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open orders are read page by page, and only outcomes count against the limit."""
    monkeypatch.setattr(open_orders, "PAGE_SIZE", 2)
    product = system.product(stock=30)
    waiting = [system.create(a_line(product)) for _ in range(5)]
    order_id, _ = system.ended_in("PersistOrder", product)

    assert system.reconcile(at_most=1) == {order_id: "failed"}

    for each in waiting:
        system.end(each, "ABORTED")
    assert system.reconcile() == dict.fromkeys(waiting, "failed")


def test_open_orders_are_read_from_an_index_that_holds_no_settled_ones(system: Operated) -> None:
    system.rows("SET enable_seqscan = off")  # which a table as small as this one would be read with
    plan = system.rows(
        "EXPLAIN SELECT order_id FROM accepted_orders WHERE settled_at IS NULL "
        "ORDER BY accepted_at, order_id LIMIT 100"
    )
    system.rows("RESET enable_seqscan")

    assert any("using accepted_orders_open" in row["QUERY PLAN"] for row in plan)


# What happens meanwhile.


@pytest.mark.parametrize("status", ["cancelled", "processing", None])
def test_an_order_that_was_changed_after_it_was_judged_stays_as_it_is(
    system: Operated, status: str | None
) -> None:
    """The judgement reads the tables, and then asks S3 for the backup."""
    order_id, _ = system.ended_in("PersistOrder", system.product(stock=10))
    url = f"/orders/{order_id}"
    changed: list[int] = []

    def change() -> None:
        if not changed:
            response = (
                system.api.put(url, json={"status": status}) if status else system.api.delete(url)
            )
            changed.append(response.status_code)

    with when_asked("s3.HeadObject", change):
        assert system.reconcile() == {}

    assert changed == [200]
    row = system.order_row(order_id)
    assert (row and row["status"]) == status
    if status == "processing":  # what somebody set to processing by hand has no backup
        assert system.command("operations.reconciler", "--backups") == 0


def test_an_order_whose_workflow_began_anew_after_it_was_judged_is_left_alone(
    system: Operated,
) -> None:
    order = an_order(a_line(system.product(stock=10), 3))
    key = {"Idempotency-Key": str(uuid4())}
    order_id = system.api.post("/orders", json=order, headers=key).json()["order_id"]
    document = system.walk(order_id, until=before("BackUpOrder"))
    system.end(order_id, "ABORTED")
    began = []

    def begin_anew() -> None:
        system.forget_executions()
        answer = system.api.post("/orders", json=order, headers=key)
        began.append(answer.status_code)

    with when_asked("s3.HeadObject", begin_anew):
        assert system.reconcile() == {}

    assert began == [201]
    system.invoke("BackUpOrderFunction", document)
    system.end(order_id, "ABORTED")
    assert system.reconcile() == {order_id: "finished"}


def test_an_execution_that_is_redriven_after_it_was_judged_is_left_alone(system: Operated) -> None:
    order_id, document = system.ended_in("PersistOrder", system.product(stock=10), "FAILED")
    asked: list[None] = []

    def redrive() -> None:
        if asked:
            system.end(order_id, "RUNNING", document)
        asked.append(None)

    with when_asked("stepfunctions.DescribeExecution", redrive):
        assert system.reconcile() == {}

    assert len(asked) == 2
    assert system.findings() == []
    system.end(order_id, "ABORTED", document)
    system.reconcile()


def test_nobody_can_change_an_order_while_the_reconciler_asks_whether_it_runs(
    system: Operated,
) -> None:
    """Otherwise a workflow that begins anew could finish between the question and the repair."""
    order_id, _ = system.ended_in("CheckInventory", system.product(stock=10))
    locked = []

    def try_to_lock() -> None:
        waiting = system.rows(
            "SELECT FROM inventory_reservations WHERE order_id = :id FOR UPDATE SKIP LOCKED",
            id=order_id,
        )
        locked.append(not waiting)

    with when_asked("stepfunctions.DescribeExecution", try_to_lock):
        assert system.reconcile() == {order_id: "failed"}

    assert locked == [False, True]  # asked to judge the order, and again to repair it


def test_an_execution_that_ends_while_its_order_is_judged_has_left_its_rows(
    system: Operated,
) -> None:
    """Step Functions is asked before the tables are read."""
    order_id, document = system.ended_in("UpdateStatus", system.product(stock=10), ran=False)
    system.end(order_id, "RUNNING", document)

    def succeed() -> None:
        if moto_execution(order_id).status == "RUNNING":
            system.invoke("UpdateStatusFunction", document)
            system.end(order_id, "SUCCEEDED", document)

    with when_asked("stepfunctions.DescribeExecution", succeed):
        assert system.reconcile(dry_run=True) == {}


# What cannot be repaired.


def test_an_order_that_cannot_be_repaired_now_is_left_for_the_next_run(system: Operated) -> None:
    order_id, _ = system.ended_in("PersistOrder", system.product(stock=10))

    with when_asked("stepfunctions.DescribeExecution", internal_error):
        assert system.reconcile() == {order_id: "left"}

    assert system.reconcile() == {order_id: "failed"}


def test_an_order_that_cannot_be_repaired_keeps_no_other_waiting(system: Operated) -> None:
    product = system.product(stock=10)
    odd, _ = system.ended_in("PersistOrder", product)
    system.end(odd, "ABORTED", {"items": "none"})
    other, _ = system.ended_in("PersistOrder", product)

    assert system.reconcile() == {odd: "left", other: "failed"}

    system.end(odd, "ABORTED")
    assert system.reconcile() == {odd: "failed"}


def test_orders_that_cannot_be_repaired_do_not_count_against_the_limit(system: Operated) -> None:
    product = system.product(stock=10)
    odd, _ = system.ended_in("PersistOrder", product)
    system.end(odd, "ABORTED", {"items": "none"})
    other, _ = system.ended_in("PersistOrder", product)

    assert system.reconcile(at_most=1) == {odd: "left", other: "failed"}

    system.end(odd, "ABORTED")
    system.reconcile()


def test_a_request_that_makes_no_sense_is_refused(system: Operated) -> None:
    with pytest.raises(TaskFailed, match="older_than"):
        system.reconcile(older_than=-1)


# The command.


def test_a_dry_run_says_what_would_be_done_and_does_nothing(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id, _ = system.ended_in("PersistOrder", system.product(stock=10))
    capsys.readouterr()

    assert system.command("operations.reconciler", "--dry-run", "--older-than", "0") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{order_id} would be failed: its execution is ABORTED",
        "nothing else to repair",
    ]
    assert system.reservations(order_id) == {"held"}

    assert system.command("operations.reconciler", "--older-than", "0") == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{order_id} failed: its execution is ABORTED",
        "nothing else to repair",
    ]


def test_the_command_says_that_more_is_left(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    product = system.product(stock=10)
    for _ in range(2):
        system.ended_in("CheckInventory", product)
    capsys.readouterr()

    system.command("operations.reconciler", "--older-than", "0", "--at-most", "1")

    last = capsys.readouterr().out.splitlines()[-1]
    assert last == "stopped after 1 orders; more are open: run it again"
    system.reconcile()


def test_the_command_fails_when_an_order_was_left(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id, _ = system.ended_in("PersistOrder", system.product(stock=10))
    capsys.readouterr()

    with when_asked("stepfunctions.DescribeExecution", internal_error):
        assert system.command("operations.reconciler", "--older-than", "0") == 1

    left = (
        f"{order_id} left: WorkflowUnavailable: The workflow service did not answer: InternalError"
    )
    assert capsys.readouterr().out.splitlines() == [left, "nothing else to repair"]
    system.reconcile()


# The command that writes lost backups again.


def test_lost_backups_are_written_again(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = system.succeeded(a_line(system.product(), 3))
    system.lose_backup(order_id)
    capsys.readouterr()

    assert system.command("operations.reconciler", "--backups", "--dry-run") == 0
    assert system.backups(order_id) == []
    assert system.command("operations.reconciler", "--backups") == 0

    assert capsys.readouterr().out.splitlines() == [
        f"{order_id} would be backed up: its backup was not there",
        "no other backup is missing",
        f"{order_id} backed up: its backup was not there",
        "no other backup is missing",
    ]
    (backup,) = system.backups(order_id)
    assert backup["document"] == system.api.get(f"/orders/{order_id}").json()


def test_a_backup_that_cannot_be_written_now_is_left(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id = system.succeeded(a_line(system.product()))
    system.lose_backup(order_id)
    capsys.readouterr()

    with when_asked("s3.PutObject", internal_error):
        assert system.command("operations.reconciler", "--backups") == 1

    assert f"{order_id} left: BackupUnavailable" in capsys.readouterr().out
    assert system.command("operations.reconciler", "--backups") == 0


def test_a_bucket_that_cannot_be_listed_ends_the_command(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    system.succeeded(a_line(system.product()))
    capsys.readouterr()

    with when_asked("s3.ListObjectsV2", internal_error):
        assert system.command("operations.reconciler", "--backups") == 2

    assert capsys.readouterr().err.startswith("The reconciler cannot go on: ")


# Options.


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--hours", "48"), "--hours: only with --backups"),
        (("--backups", "--older-than", "0"), "--older-than: not with --backups"),
        (("--backups", "--at-most", "5"), "--at-most: not with --backups"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(
    system: Operated, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], error: str
) -> None:
    assert system.command("operations.reconciler", *arguments) == 2
    assert error in capsys.readouterr().err


@pytest.mark.parametrize("command", ["operations.reconciler", "operations.doctor"])
@pytest.mark.parametrize("hours", ["nan", "inf", "0", "-5", "1e12"])
def test_the_commands_take_no_nonsense(
    system: Operated, capsys: pytest.CaptureFixture[str], command: str, hours: str
) -> None:
    backups = ["--backups"] if command == "operations.reconciler" else []
    assert system.command(command, f"--hours={hours}", *backups) == 2
    assert "--hours: Input should be" in capsys.readouterr().err

    assert system.command(command, "--older-than=-1") == 2
    assert "--older-than: Input should be" in capsys.readouterr().err


# What it logs.


@pytest.mark.parametrize(
    ("state", "before", "after"),
    [
        ("CalculatePrice", "accepted", "failed"),
        ("PersistOrder", "pending", "failed"),
        ("BackUpOrder", "pending", "processing"),
    ],
)
def test_every_line_about_an_order_has_the_id_of_its_request(
    system: Operated, state: str, before: str, after: str
) -> None:
    order_id, document = system.ended_in(state, system.product(stock=10))

    with logged() as log:
        system.reconcile()

    audit, reconciled, done = log.lines()
    assert (audit["who"], audit["from"], audit["to"]) == ("reconciler", before, after)
    assert reconciled["outcome"] in ("failed", "finished")
    for line in (audit, reconciled):
        assert (line["order_id"], line["request_id"]) == (order_id, document["request_id"])
    assert "order_id" not in done
    assert "request_id" not in done


def test_an_order_that_is_started_again_has_the_id_of_its_first_request(system: Operated) -> None:
    order_id = system.create(a_line(system.product()))
    first = system.input_of(order_id)
    system.forget_executions()

    with logged() as log:
        system.reconcile()

    (line,) = log.lines("reconciled")
    assert (line["outcome"], line["request_id"]) == ("started again", first["request_id"])
    assert system.input_of(order_id) == first
    system.run(order_id)


def test_an_outage_is_a_warning_and_a_repair_that_cannot_work_an_error(
    system: Operated, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.ended_in("PersistOrder", system.product(stock=10))
    with logged() as log:
        with when_asked("stepfunctions.DescribeExecution", internal_error):
            system.reconcile()
        with monkeypatch.context() as patch:
            patch.setattr(run, "judge", lambda _: 1 / 0)
            system.reconcile()

    levels = [line["level"] for line in log.lines() if line["message"] != "done"]
    assert levels == ["WARNING", "INFO", "ERROR", "INFO"]
    system.reconcile()


def test_the_command_writes_audit_lines_to_stderr_and_no_others(
    system: Operated, capsys: pytest.CaptureFixture[str]
) -> None:
    order_id, document = system.ended_in("PersistOrder", system.product(stock=10))
    capsys.readouterr()

    system.command("operations.reconciler", "--older-than", "0")

    (line,) = map(json.loads, capsys.readouterr().err.splitlines())
    assert (line["message"], line["who"]) == ("audit", "scripts/reconcile")
    assert (line["order_id"], line["request_id"]) == (order_id, document["request_id"])


def test_the_command_leaves_the_log_as_it_was(system: Operated) -> None:
    before = vars(logger.registered_handler)["stream"]

    system.command("operations.reconciler", "--older-than", "0")
    with logged() as log:
        system.reconcile()

    assert vars(logger.registered_handler)["stream"] is before
    assert log.lines("done")
