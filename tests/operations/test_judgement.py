"""The judgement, case by case: what is known about an order, and the repair that it needs."""

import json
from datetime import datetime
from decimal import Decimal
from typing import cast

import pytest

from operations.evidence import Evidence, Execution, is_an_order
from operations.judgement import (
    BackUp,
    Compensate,
    Complete,
    ItemsUnknown,
    Repair,
    Restart,
    judge,
)
from orders.documents.workflow import AcceptedOrder, FailingOrder
from orders.statements import GetOrderRow, ReservationOfRow
from tests.running.builders import Document

ACCEPTED: Document = {
    "order_id": "order-1",
    "customer_id": "CUST001",
    "items": [{"product_id": "P1", "quantity": 3}, {"product_id": "P2", "quantity": 1}],
}
PRICED = ACCEPTED | {
    "items": [
        {"product_id": "P1", "quantity": 3, "price": "10.00"},
        {"product_id": "P2", "quantity": 1, "price": "0.05"},
    ],
    "total_amount": "30.05",
}
STORED = PRICED | {"status": "pending", "created_at": "2024-01-24T10:30:00"}
FAILING = STORED | {"failure": {"Error": "RuntimeError", "Cause": "boom"}}
REFUSED = ACCEPTED | {"failure": {"Error": "UnknownProduct"}}
BY_HAND: Document = {}
OTHERS = (
    PRICED | {"customer_id": "CUST002"},
    PRICED | {"items": PRICED["items"][:1]},
    PRICED | {"items": [item | {"quantity": 7} for item in PRICED["items"]]},
)


def running(document: Document) -> Execution:
    return Execution("RUNNING", document)


def failed(document: Document) -> Execution:
    return Execution("FAILED", document)


def timed_out(document: Document) -> Execution:
    return Execution("TIMED_OUT", document)


def aborted(document: Document) -> Execution:
    return Execution("ABORTED", document)


def succeeded(document: Document) -> Execution:
    return Execution("SUCCEEDED", document)


GONE = None


def row(status: str) -> GetOrderRow:
    """The order's row and items, as get_order returns them; columns not named here are null."""
    known = {
        "order_id": "order-1",
        "customer_id": "CUST001",
        "total_amount": Decimal("30.05"),
        "status": status,
        "created_at": datetime.fromisoformat(STORED["created_at"]),
        "items": PRICED["items"],
    }
    return cast("GetOrderRow", dict.fromkeys(GetOrderRow.__annotations__) | known)


def reservation(*statuses: str) -> list[ReservationOfRow]:
    """The reservation's rows, one for each product, as reservation_of returns them."""
    return [
        {
            "order_id": "order-1",
            "customer_id": "CUST001",
            "product_id": item["product_id"],
            "quantity": item["quantity"],
            "status": status,
            "order_digest": AcceptedOrder.model_validate(ACCEPTED).digest,
        }
        for item, status in zip(ACCEPTED["items"], statuses, strict=True)
    ]


NO_ROW = None
NOTHING: list[ReservationOfRow] = []
PENDING = row("pending")
HELD = reservation("held", "held")
RELEASED = reservation("released", "released")
SHIPPED = reservation("shipped", "shipped")

BACKUP, NO_BACKUP = True, False

LEAVE_ALONE = "leave alone"
COMPENSATE_ABORTED = "compensate: its execution is ABORTED"
COMPENSATE_TIMED_OUT = "compensate: its execution is TIMED_OUT"
COMPENSATE_FAILED = "compensate: its execution is FAILED"
COMPENSATE_SUCCEEDED = "compensate: its execution is SUCCEEDED"
COMPENSATE_GONE = "compensate: its execution is gone"
COMPLETE_ABORTED = "complete: its execution is ABORTED, and only UpdateStatus was missing"
COMPLETE_TIMED_OUT = "complete: its execution is TIMED_OUT, and only UpdateStatus was missing"
COMPLETE_SUCCEEDED = "complete: its execution is SUCCEEDED, and only UpdateStatus was missing"
COMPLETE_GONE = "complete: its execution is gone, and only UpdateStatus was missing"
BACK_UP = "back up: its backup was not there"

Case = tuple[Execution | None, GetOrderRow | None, list[ReservationOfRow], bool, str]

# fmt: off
CASES: list[Case] = [
    # The execution is running.
    (running(ACCEPTED),   NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (running(PRICED),     NO_ROW,            HELD,     NO_BACKUP, LEAVE_ALONE),
    (running(STORED),     PENDING,           HELD,     NO_BACKUP, LEAVE_ALONE),
    (running(STORED),     PENDING,           HELD,     BACKUP,    LEAVE_ALONE),
    (running(FAILING),    PENDING,           HELD,     NO_BACKUP, LEAVE_ALONE),
    (running(BY_HAND),    PENDING,           HELD,     BACKUP,    LEAVE_ALONE),
    # Aborted or timed out in CalculatePrice, CheckInventory, PersistOrder, BackUpOrder,
    # UpdateStatus; before and after the state's task had done its work.
    (aborted(ACCEPTED),   NO_ROW,            NOTHING,  NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(PRICED),     NO_ROW,            NOTHING,  NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(PRICED),     NO_ROW,            HELD,     NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(PRICED),     PENDING,           HELD,     NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(STORED),     PENDING,           HELD,     NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(STORED),     PENDING,           HELD,     BACKUP,    COMPLETE_ABORTED),
    (aborted(STORED),     row("processing"), HELD,     BACKUP,    LEAVE_ALONE),
    (timed_out(ACCEPTED), NO_ROW,            NOTHING,  NO_BACKUP, COMPENSATE_TIMED_OUT),
    (timed_out(PRICED),   NO_ROW,            HELD,     NO_BACKUP, COMPENSATE_TIMED_OUT),
    (timed_out(STORED),   PENDING,           HELD,     NO_BACKUP, COMPENSATE_TIMED_OUT),
    (timed_out(STORED),   PENDING,           HELD,     BACKUP,    COMPLETE_TIMED_OUT),
    # Ended in FailOrder: the workflow had decided, whatever else was done by then.
    (failed(FAILING),     PENDING,           HELD,     NO_BACKUP, COMPENSATE_FAILED),
    (failed(FAILING),     PENDING,           HELD,     BACKUP,    COMPENSATE_FAILED),
    (failed(REFUSED),     NO_ROW,            NOTHING,  NO_BACKUP, COMPENSATE_FAILED),
    (failed(STORED),      PENDING,           HELD,     BACKUP,    COMPENSATE_FAILED),
    (aborted(FAILING),    PENDING,           HELD,     BACKUP,    COMPENSATE_ABORTED),
    (timed_out(FAILING),  PENDING,           HELD,     BACKUP,    COMPENSATE_TIMED_OUT),
    (aborted(REFUSED),    NO_ROW,            NOTHING,  NO_BACKUP, COMPENSATE_ABORTED),
    (failed(FAILING),     row("failed"),     RELEASED, BACKUP,    LEAVE_ALONE),
    (aborted(FAILING),    row("failed"),     RELEASED, NO_BACKUP, LEAVE_ALONE),
    # Succeeded, and the order is open all the same.
    (succeeded(STORED),   PENDING,           HELD,     BACKUP,    COMPLETE_SUCCEEDED),
    (succeeded(STORED),   PENDING,           HELD,     NO_BACKUP, COMPENSATE_SUCCEEDED),
    (succeeded(STORED),   NO_ROW,            HELD,     BACKUP,    COMPENSATE_SUCCEEDED),
    (succeeded(STORED),   NO_ROW,            NOTHING,  BACKUP,    LEAVE_ALONE),
    # Step Functions does not know the execution.
    (GONE,                NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (GONE,                NO_ROW,            HELD,     NO_BACKUP, COMPENSATE_GONE),
    (GONE,                PENDING,           HELD,     NO_BACKUP, COMPENSATE_GONE),
    (GONE,                PENDING,           HELD,     BACKUP,    COMPLETE_GONE),
    (GONE,                PENDING,           NOTHING,  NO_BACKUP, COMPENSATE_GONE),
    # Started by hand, with an input that is no order: the tables alone count.
    (failed(BY_HAND),     NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (aborted(BY_HAND),    NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (timed_out(BY_HAND),  NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (succeeded(BY_HAND),  NO_ROW,            NOTHING,  NO_BACKUP, LEAVE_ALONE),
    (aborted(BY_HAND),    NO_ROW,            HELD,     NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(BY_HAND),    PENDING,           HELD,     BACKUP,    COMPLETE_ABORTED),
    # The order is stored without a reservation: nothing proves that its stock was taken.
    (aborted(STORED),     PENDING,           NOTHING,  NO_BACKUP, COMPENSATE_ABORTED),
    (aborted(STORED),     PENDING,           NOTHING,  BACKUP,    COMPENSATE_ABORTED),
    # Its stock was released or shipped: it was deleted, or the tables contradict each other.
    (aborted(PRICED),     NO_ROW,            RELEASED, NO_BACKUP, LEAVE_ALONE),
    (aborted(PRICED),     NO_ROW,            SHIPPED,  NO_BACKUP, LEAVE_ALONE),
    (aborted(STORED),     PENDING,           RELEASED, BACKUP,    LEAVE_ALONE),
    (aborted(STORED),     PENDING, reservation("released", "held"), BACKUP, LEAVE_ALONE),
    (aborted(STORED),     PENDING, reservation("held", "shipped"),  BACKUP, LEAVE_ALONE),
    (GONE,                NO_ROW,            RELEASED, NO_BACKUP, LEAVE_ALONE),
    # It has left `pending`: only its backup may be missing, whatever its execution does.
    (GONE,                row("processing"), NOTHING,  NO_BACKUP, BACK_UP),
    (running(STORED),     row("processing"), HELD,     NO_BACKUP, BACK_UP),
    (failed(FAILING),     row("processing"), HELD,     NO_BACKUP, BACK_UP),
    (GONE,                row("shipped"),    SHIPPED,  NO_BACKUP, BACK_UP),
    (GONE,                row("delivered"),  SHIPPED,  NO_BACKUP, BACK_UP),
    (GONE,                row("cancelled"),  RELEASED, NO_BACKUP, LEAVE_ALONE),
    (GONE,                row("failed"),     RELEASED, NO_BACKUP, LEAVE_ALONE),
    (succeeded(STORED),   row("processing"), HELD,     BACKUP,    LEAVE_ALONE),
    (succeeded(STORED),   row("shipped"),    SHIPPED,  BACKUP,    LEAVE_ALONE),
    (aborted(STORED),     row("cancelled"),  RELEASED, BACKUP,    LEAVE_ALONE),
]
# fmt: on


def name_of(
    case: tuple[Execution | None, GetOrderRow | None, list[ReservationOfRow], bool, str],
) -> str:
    """What is known in a case, for the name of its test."""
    execution, stored, lines, backed_up, _ = case
    had_failed = execution is not None and "failure" in execution.order
    known = [
        (execution.status if execution else "GONE") + (" in FailOrder" if had_failed else ""),
        stored["status"] if stored else "no row",
        "/".join(sorted({line["status"] for line in lines})) or "no reservation",
        "backup" if backed_up else "no backup",
    ]
    return ", ".join(known)


NAMES = [name_of(case) for case in CASES]


def in_words(repair: Repair | None) -> str:
    names = {Compensate: "compensate", Complete: "complete", BackUp: "back up"}
    return f"{names[type(repair)]}: {repair.why}" if repair else LEAVE_ALONE


@pytest.mark.parametrize(("execution", "stored", "lines", "backed_up", "verdict"), CASES, ids=NAMES)
def test_the_repair_follows_from_what_is_known(
    execution: Execution | None,
    stored: GetOrderRow | None,
    lines: list[ReservationOfRow],
    backed_up: bool,  # noqa: FBT001 - a column of the table
    verdict: str,
) -> None:
    assert in_words(judge(Evidence(execution, stored, lines, backed_up))) == verdict


@pytest.mark.parametrize("known", [case[:3] for case in CASES], ids=NAMES)
def test_s3_is_asked_exactly_where_the_backup_changes_the_verdict(
    known: tuple[Execution | None, GetOrderRow | None, list[ReservationOfRow]],
) -> None:
    with_backup, without = Evidence(*known, backed_up=True), Evidence(*known, backed_up=False)

    assert without.backup_decides == (judge(with_backup) != judge(without))


IS_ACCEPTED = AcceptedOrder.model_validate(ACCEPTED)


@pytest.mark.parametrize(
    ("stored", "lines"),
    [(NO_ROW, NOTHING), (NO_ROW, HELD), (PENDING, HELD), (PENDING, NOTHING)],
    ids=["in no table", "reserved", "stored", "stored without a reservation"],
)
def test_an_accepted_order_whose_execution_is_gone_is_started_again(
    stored: GetOrderRow | None, lines: list[ReservationOfRow]
) -> None:
    evidence = Evidence(GONE, stored, lines, accepted=IS_ACCEPTED)

    assert judge(evidence) == Restart(IS_ACCEPTED, "its execution is gone")


@pytest.mark.parametrize("case", [case for case in CASES if case[0] is not GONE], ids=name_of)
def test_an_execution_that_step_functions_knows_is_never_started_again(case: Case) -> None:
    assert in_words(judge(Evidence(*case[:4], accepted=IS_ACCEPTED))) == case[4]


@pytest.mark.parametrize("stored", [NO_ROW, PENDING, row("cancelled"), row("failed")])
def test_an_order_that_has_let_go_of_its_stock_is_never_started_again(
    stored: GetOrderRow | None,
) -> None:
    assert judge(Evidence(GONE, stored, RELEASED, accepted=IS_ACCEPTED)) is None


@pytest.mark.parametrize("accepted", [None, IS_ACCEPTED], ids=["forgotten", "known"])
@pytest.mark.parametrize(
    "execution", [GONE, running(STORED), failed(STORED), aborted(STORED), succeeded(STORED)]
)
@pytest.mark.parametrize(
    ("stored", "lines"),
    [(row("processing"), HELD), (NO_ROW, RELEASED), (NO_ROW, SHIPPED)],
    ids=["processing", "deleted", "deleted after it was shipped"],
)
def test_a_note_that_is_open_although_its_order_is_settled_changes_nothing(
    stored: GetOrderRow | None,
    lines: list[ReservationOfRow],
    execution: Execution | None,
    accepted: AcceptedOrder | None,
) -> None:
    evidence = Evidence(execution, stored, lines, backed_up=True, accepted=accepted)

    assert judge(evidence) is None


# The order that is repaired.


def repaired(evidence: Evidence) -> FailingOrder:
    """The order that the verdict compensates or completes."""
    repair = judge(evidence)
    assert isinstance(repair, Compensate | Complete)
    assert repair.order.order_id == "order-1"
    assert repair.order.failure.Error == "WorkflowLost"
    return repair.order


def lines_of(order: FailingOrder) -> list[tuple[str, int, Decimal]]:
    return [(item.product_id, item.quantity, item.price) for item in order.items]


UNPRICED = [("P1", 3, Decimal("0.00")), ("P2", 1, Decimal("0.00"))]


@pytest.mark.parametrize(
    ("stored", "lines"),
    [(NO_ROW, NOTHING), (NO_ROW, HELD), (PENDING, HELD)],
    ids=["in no table", "reserved", "stored"],
)
def test_an_order_keeps_the_prices_that_its_execution_had_found(
    stored: GetOrderRow | None, lines: list[ReservationOfRow]
) -> None:
    order = repaired(Evidence(aborted(PRICED), stored, lines))

    assert lines_of(order) == [("P1", 3, Decimal("10.00")), ("P2", 1, Decimal("0.05"))]
    assert order.total_amount == Decimal("30.05")


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(aborted(ACCEPTED)),
        Evidence(GONE, NO_ROW, HELD),
        Evidence(GONE, PENDING, NOTHING),
        Evidence(aborted(BY_HAND), PENDING, HELD),
    ],
    ids=["not priced yet", "only reserved", "only stored", "started by hand"],
)
def test_an_order_whose_prices_its_execution_cannot_say_is_without_them(evidence: Evidence) -> None:
    order = repaired(evidence)

    assert lines_of(order) == UNPRICED
    assert order.customer_id == "CUST001"
    assert order.total_amount == Decimal("0.00")


@pytest.mark.parametrize("stored", [NO_ROW, PENDING], ids=["reserved", "stored"])
@pytest.mark.parametrize("document", OTHERS, ids=["customer", "products", "quantities"])
def test_the_tables_are_right_when_the_execution_is_another_orders(
    document: Document, stored: GetOrderRow | None
) -> None:
    order = repaired(Evidence(aborted(document), stored, HELD))

    assert lines_of(order) == UNPRICED
    assert order.customer_id == "CUST001"


def test_a_lost_backup_is_written_from_the_row() -> None:
    repair = judge(Evidence(row=row("shipped")))

    assert isinstance(repair, BackUp)
    assert (repair.order.order_id, repair.order.status) == ("order-1", "shipped")
    assert repair.order.total_amount == Decimal("30.05")


def test_an_order_of_nothing_cannot_be_repaired() -> None:
    with pytest.raises(ItemsUnknown):
        judge(Evidence(GONE, {**PENDING, "items": []}, NOTHING))


@pytest.mark.parametrize(
    ("name", "document", "expected"),
    [
        ("order-1", ACCEPTED, True),
        ("order-2", ACCEPTED, False),
        ("order-1", PRICED, False),
        ("order-1", ACCEPTED | {"items": []}, False),
        ("order-1", {"order_id": "order-1"}, False),
        ("order-1", {}, False),
        ("order-1", [1], False),
        ("order-1", "words", False),
    ],
)
def test_post_started_only_executions_with_an_accepted_order_of_their_name(
    name: str,
    document: object,
    expected: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert is_an_order({"name": name, "input": json.dumps(document)}) is expected
