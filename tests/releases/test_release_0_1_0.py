"""Code of release 0.1.0 that still runs on today's tables: its orders are noted, and settled."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from orders import step_functions
from orders.acceptance import accept
from orders.documents.workflow import AcceptedOrder
from orders.errors import IdempotencyKeyReused
from orders.queries import load_text
from releases.record import FOLDER, Record
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.in_process import InProcess

RECORD = Record.model_validate_json((FOLDER / "0.1.0.json").read_text("utf-8"))


class Old:
    """Statements of 0.1.0, which logs in as the owner."""

    def __init__(self, conn: Connection) -> None:
        """Run them on this connection."""
        self.conn = conn

    def run(self, name: str, **parameters: str) -> Any:  # noqa: ANN401 - any query's result
        query = getattr(load_text(RECORD.statements[name].text), name.partition(".")[2])
        return query(self.conn, **parameters)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.conn.run("BEGIN")
        yield
        self.conn.run("COMMIT")

    def check_inventory(self, order: AcceptedOrder) -> None:
        with self.transaction():
            self.run(
                "reservations.hold",
                order_document=order.model_dump_json(),
                order_digest=order.digest,
            )
            self.run("inventory.take_stock", order_id=order.order_id)

    def persist_order(self, order: AcceptedOrder) -> None:
        with self.transaction():
            self.run("reservations.lock", order_id=order.order_id)
            self.run("orders.store_order", order_document=priced(order))

    def update_status(self, order: AcceptedOrder) -> None:
        with self.transaction():
            self.run("orders.start_processing", order_id=order.order_id)

    def fail_order(self, order: AcceptedOrder) -> None:
        self.run(
            "reservations.insert_released",
            order_document=order.model_dump_json(),
            order_digest=order.digest,
        )
        self.run("orders.store_order", order_document=priced(order))
        self.run("orders.set_status", order_id=order.order_id, status="failed")

    def delete_order(self, order: AcceptedOrder) -> None:
        with self.transaction():
            self.run("inventory.give_back", order_id=order.order_id)
            self.run("orders.delete_items", order_id=order.order_id)
            self.run("orders.delete_order", order_id=order.order_id)


@pytest.fixture
def old(functions: InProcess) -> Iterator[Old]:
    with closing(connect_as_owner(functions.environment)) as conn:
        yield Old(conn)


def priced(order: AcceptedOrder) -> str:
    document = order.model_dump(mode="json") | {"total_amount": "1.00"}
    return json.dumps(document | {"items": [i | {"price": "1.00"} for i in document["items"]]})


def started(product: str, **changes: object) -> AcceptedOrder:
    """An order that POST of 0.1.0 has started, and not noted."""
    document = an_order(a_line(product)) | {"order_id": an_id()} | changes
    order = AcceptedOrder.model_validate(document)
    step_functions.start(order)
    return order


def the_note(functions: InProcess, order: AcceptedOrder) -> Document:
    (note,) = functions.rows(
        "SELECT request, order_digest, settled_at IS NOT NULL AS is_settled "
        "FROM accepted_orders WHERE order_id = :id",
        id=order.order_id,
    )
    return note


def test_a_reservation_of_0_1_0_leaves_a_note(functions: InProcess, old: Old) -> None:
    order = started(functions.product())
    open_note = {"request": None, "order_digest": order.digest, "is_settled": False}

    old.check_inventory(order)
    assert the_note(functions, order) == open_note
    old.persist_order(order)
    assert the_note(functions, order) == open_note
    old.update_status(order)
    assert the_note(functions, order) == open_note | {"is_settled": True}


def test_an_order_that_0_1_0_has_reserved_keeps_its_idempotency_key(
    functions: InProcess, old: Old
) -> None:
    product = functions.product()
    order = started(product)
    old.check_inventory(order)

    accept(order, may_be_known=True)

    assert the_note(functions, order)["is_settled"] is False
    with pytest.raises(IdempotencyKeyReused):
        accept(order.model_copy(update={"customer_id": "another"}), may_be_known=True)


def test_an_order_that_0_1_0_has_failed_is_settled(functions: InProcess, old: Old) -> None:
    order = started("NOPE")
    with old.transaction():
        old.fail_order(order)

    accept(order, may_be_known=True)

    assert the_note(functions, order)["is_settled"]


def test_an_order_that_is_noted_while_0_1_0_fails_it_is_settled(
    functions: InProcess, old: Old
) -> None:
    order = started("NOPE")
    with old.transaction():
        old.fail_order(order)
        accept(order, may_be_known=True)
        assert the_note(functions, order)["is_settled"] is False

    assert the_note(functions, order)["is_settled"]


def test_an_order_that_0_1_0_has_deleted_is_noted_without_its_customer(
    functions: InProcess, old: Old
) -> None:
    order = started(functions.product())
    for step in (old.check_inventory, old.persist_order, old.update_status, old.delete_order):
        step(order)

    accept(order, may_be_known=True)

    settled = {"request": None, "order_digest": order.digest, "is_settled": True}
    assert the_note(functions, order) == settled
    (reserved,) = functions.rows(
        "SELECT customer_id FROM inventory_reservations WHERE order_id = :id", id=order.order_id
    )
    assert reserved["customer_id"] is None
