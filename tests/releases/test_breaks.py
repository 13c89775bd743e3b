"""A record of another release, against today's tree: what of it is broken."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from pg8000.native import Connection

from local.postgres.embedded import connect_as_owner
from releases.breaks import breaks
from releases.record import Record, present
from workflows.checks.deployment import deployed


@pytest.fixture(scope="module")
def conn(postgres: dict[str, str]) -> Iterator[Connection]:
    with closing(connect_as_owner(postgres)) as conn:
        yield conn


@pytest.fixture(scope="module")
def today(conn: Connection) -> Record:
    return present(conn)


def found(conn: Connection, today: Record, change: Callable[[Record], None]) -> list[str]:
    """The breaks of a release that differs from today's tree in this way."""
    old = today.model_copy(deep=True)
    change(old)
    return [f"{each.name}: {each.why}" for each in breaks(old, deployed(), conn)]


def test_nothing_of_todays_tree_is_broken(conn: Connection, today: Record) -> None:
    assert found(conn, today, lambda _: None) == []


def test_a_statement_whose_column_is_gone_is_named(conn: Connection, today: Record) -> None:
    def change(old: Record) -> None:
        statement = old.statements["orders.status_of"]
        statement.text = statement.text.replace("SELECT status", "SELECT state")

    (only,) = found(conn, today, change)
    assert only.startswith("statement orders.status_of: it does not run on today's tables: column")


def test_a_statement_whose_column_has_another_type_is_named(
    conn: Connection, today: Record
) -> None:
    def change(old: Record) -> None:
        old.statements["orders.list_orders"].records["ListOrdersRow"]["created_at"] = "str"

    (only,) = found(conn, today, change)
    assert only.startswith("statement orders.list_orders: its records are ")


def test_a_statement_that_the_functions_may_not_run_is_named(
    conn: Connection, today: Record
) -> None:
    def change(old: Record) -> None:
        statement = old.statements["orders.status_of"]
        statement.text = (
            "-- name: status_of(order_id)!\n-- Deletes.\n"
            "DELETE FROM inventory WHERE product_id = :order_id;\n"
        )
        statement.result = "int"
        statement.records = {}

    assert found(conn, today, change) == [
        "statement orders.status_of: the functions' role may not run it any more"
    ]


def test_a_function_that_orders_in_flight_call_must_stay(conn: Connection, today: Record) -> None:
    def change(old: Record) -> None:
        old.tasks["ReserveCourierFunction"] = old.tasks["BackUpOrderFunction"]

    assert found(conn, today, change) == [
        "function ReserveCourierFunction: orders in flight call it, and template.yaml lacks it"
    ]


def test_a_permission_that_old_versions_need_must_stay(conn: Connection, today: Record) -> None:
    def change(old: Record) -> None:
        old.permissions["BackUpOrderFunctionRole"]["s3:GetObject"] = ["arn:aws:s3:::backups/*"]
        old.permissions["CourierFunctionRole"] = {"ses:SendEmail": ["*"]}

    why = "the role may not do it any more on"
    assert found(conn, today, change) == [
        f"permission BackUpOrderFunctionRole s3:GetObject: {why} arn:aws:s3:::backups/*",
        f"permission CourierFunctionRole ses:SendEmail: {why} *",
    ]


def test_an_accepted_order_with_an_unknown_field_is_named(conn: Connection, today: Record) -> None:
    def change(old: Record) -> None:
        old.tasks["CalculatePriceFunction"].input["properties"]["remark"] = {"type": "string"}

    (only,) = found(conn, today, change)
    assert only == (
        "document AcceptedOrder: it cannot read the input of CalculatePriceFunction: "
        "remark is not known, and older documents have it"
    )


def test_a_field_that_older_documents_lack_must_not_be_required(
    conn: Connection, today: Record
) -> None:
    def change(old: Record) -> None:
        for task in old.tasks.values():
            task.input["required"] = [each for each in task.input["required"] if each != "items"]

    broken = found(conn, today, change)

    assert len(broken) == 1 + len(today.tasks)
    assert all(
        each.endswith("items is required, and older documents may lack it") for each in broken
    )
