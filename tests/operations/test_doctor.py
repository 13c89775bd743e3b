"""The doctor on a live system: every disagreement is named, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import a_running_stack
from tests.running.builders import a_line
from tests.running.shop import Shop


@pytest.fixture(scope="module")
def broken() -> Iterator[Shop]:
    """A stack of its own: what is broken here stays broken."""
    with a_running_stack("--faults", "--schedules", "0") as running:
        yield running


def found(shop: Shop, subject: str) -> list[tuple[str, str]]:
    """What the doctor says of one order or product."""
    return [
        (finding["kind"], finding["message"])
        for finding in shop.findings()
        if finding["subject"] == subject
    ]


def test_orders_at_every_stage_of_their_lives_agree(broken: Shop) -> None:
    product = broken.product(stock=20)
    moves: list[list[str]] = [[], ["cancelled"], ["failed"], ["shipped"], ["shipped", "delivered"]]
    ids = [broken.processed(a_line(product, 2)) for _ in range(len(moves) * 2)]
    for order_id, wanted in zip(ids, moves * 2, strict=True):
        for status in wanted:
            broken.api.put(f"/orders/{order_id}", json={"status": status}).raise_for_status()
    for order_id in ids[len(moves) :]:
        broken.api.delete(f"/orders/{order_id}").raise_for_status()
    refused = broken.create(a_line(product, 99))
    broken.end(refused)
    broken.rows(
        "UPDATE inventory SET stock = stock + 5, price = 3 WHERE product_id = :p", p=product
    )

    subjects = {product, refused, *ids}
    assert [each for each in broken.findings() if each["subject"] in subjects] == []
    assert broken.stock(product) == 20 - 3 * 2 - 2 * 2 + 5


def test_stock_that_is_gone_is_missed(broken: Shop) -> None:
    product = broken.product(stock=10)
    order_id = broken.processed(a_line(product, 3))
    broken.rows(
        "UPDATE inventory_reservations SET status = 'released' WHERE order_id = :id", id=order_id
    )

    assert found(broken, product) == [
        (
            "stock not conserved",
            "10 received, but 7 in stock, 0 held and 0 shipped make 7: 3 missing",
        )
    ]
    assert found(broken, order_id) == [
        (
            "reservation contradicts order",
            "is processing, but its reservation is released, not held",
        )
    ]


def test_stock_that_was_given_back_twice_is_too_much(broken: Shop) -> None:
    product = broken.product(stock=10)
    order_id = broken.processed(a_line(product, 3))
    with as_the_application(broken):
        broken.rows("UPDATE inventory SET stock = stock + 3 WHERE product_id = :p", p=product)

    assert found(broken, order_id) == []
    ((kind, message),) = found(broken, product)
    assert kind == "stock not conserved"
    assert message.endswith("3 too many")


@contextmanager
def as_the_application(shop: Shop) -> Iterator[None]:
    """The connection of the tests poses as a function's, whose changes are no receipts."""
    shop.rows("SET application_name = 'order-management'")
    yield
    shop.rows("RESET application_name")


def test_stock_that_is_counted_anew_is_not_missed(broken: Shop) -> None:
    product, other = broken.product(stock=10), broken.product(stock=5)
    broken.processed(a_line(product, 3))
    broken.rows("UPDATE inventory SET stock = 2 WHERE product_id = :p", p=product)
    broken.rows("DELETE FROM inventory WHERE product_id = :p", p=other)
    broken.rows("CREATE TEMP TABLE aside AS SELECT * FROM inventory")
    broken.rows("TRUNCATE inventory")
    broken.rows("INSERT INTO inventory SELECT * FROM aside ON CONFLICT DO NOTHING")
    broken.rows("DROP TABLE aside")

    assert found(broken, product) + found(broken, other) == []


@pytest.mark.parametrize(
    ("damage", "kind", "message"),
    [
        (
            "UPDATE orders SET total_amount = 31 WHERE order_id = :id",
            "items do not add up",
            "its items make 30.00, its total is 31.00",
        ),
        (
            "UPDATE orders SET status = 'shipped' WHERE order_id = :id",
            "reservation contradicts order",
            "is shipped, but its reservation is held, not shipped",
        ),
        (
            "DELETE FROM inventory_reservations WHERE order_id = :id",
            "reservation contradicts order",
            "is processing, but its reservation is not there, not held",
        ),
        (
            "UPDATE orders SET status = 'pending' WHERE order_id = :id",
            "pending order without workflow",
            "is pending, but its execution is SUCCEEDED",
        ),
        (
            "DELETE FROM orders WHERE order_id = :id",
            "reservation without an order",
            "stock is held without an order, and its execution is SUCCEEDED",
        ),
    ],
)
def test_what_is_wrong_with_an_order_is_told(
    broken: Shop, damage: str, kind: str, message: str
) -> None:
    order_id = broken.processed(a_line(broken.product(), 3))
    broken.rows("ALTER TABLE order_items DROP CONSTRAINT IF EXISTS order_items_order_id_fkey")

    broken.rows(damage, id=order_id)

    assert found(broken, order_id) == [(kind, message)]


def test_items_that_are_not_those_reserved_are_told(broken: Shop) -> None:
    product = broken.product()
    order_id = broken.processed(a_line(product, 3))
    broken.rows("UPDATE inventory_reservations SET quantity = 2 WHERE order_id = :id", id=order_id)

    assert found(broken, order_id) == [
        ("items unlike reservation", f"ordered 3 of {product}, reserved 2")
    ]


def test_an_accepted_order_that_left_no_trace_is_told(broken: Shop) -> None:
    order_id = broken.processed(a_line(broken.product()))
    for table in ("order_items", "orders", "inventory_reservations"):
        broken.rows(f"DELETE FROM {table} WHERE order_id = :id", id=order_id)  # noqa: S608 - three literals

    assert found(broken, order_id) == [
        (
            "accepted order without a row",
            "was accepted and its execution has ended, but it has left no row",
        )
    ]


def test_a_backup_that_is_gone_is_told(broken: Shop) -> None:
    order_id = broken.processed(a_line(broken.product()))
    broken.lose_backup(order_id)

    assert found(broken, order_id) == [
        ("order without its backup", "got past BackUpOrder, but its backup is not in the bucket")
    ]


def test_an_order_whose_workflow_runs_is_left_to_it(broken: Shop) -> None:
    for state in ("CalculatePrice", "PersistOrder", "UpdateStatus"):
        with broken.failing(**{state: [{"kind": "hold"}]}):
            order_id = broken.create(a_line(broken.product()))
            broken.until_held(state)

            assert found(broken, order_id) == []


def test_the_command_says_it_in_words_and_by_its_exit_status(broken: Shop) -> None:
    order_id = broken.processed(a_line(broken.product()))
    broken.lose_backup(order_id)

    told = broken.command("operations.doctor")

    assert told.returncode == 1
    assert (
        f"order without its backup: {order_id}: got past BackUpOrder, but its backup is not in "
        "the bucket\n" in told.stdout
    )
    assert told.stdout.splitlines()[-1].startswith("Looked at ")


def test_a_database_that_is_not_there_is_one_sentence(
    broken: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(broken.environment, "DB_HOST", "/nowhere")

    told = broken.command("operations.doctor")

    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == "The doctor cannot look: The database cannot be reached\n"
