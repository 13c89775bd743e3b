"""Audit lines: one a change, who made it, after the commit and never before."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.running.builders import a_line, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.logged import logged
from tests.running.walking import TaskFailed, failing

ACCEPTED = ("none", "accepted")
PROCESSED = [
    ("workflow", "accepted", "pending"),
    ("workflow", "pending", "processing"),
]


def test_every_change_of_an_order_is_one_audit_line(functions: InProcess) -> None:
    with logged() as log:
        order_id = functions.processed(a_line(functions.product()))
        for status in ("shipped", "shipped"):
            functions.api.put(f"/orders/{order_id}", json={"status": status})
        functions.api.delete(f"/orders/{order_id}")
        functions.api.delete(f"/orders/{order_id}")

    (caller, *_), *_ = log.changes()
    assert caller not in ("", "nobody"), "the id of the caller's key"
    assert log.changes() == [
        (caller, *ACCEPTED),
        *PROCESSED,
        (caller, "processing", "shipped"),
        (caller, "shipped", "deleted"),
    ]
    assert {line["order_id"] for line in log.lines("audit")} == {order_id}


def test_a_task_that_runs_twice_changes_once(functions: InProcess) -> None:
    order_id = functions.create(a_line(functions.product()))
    with logged() as log:
        functions.run(order_id)
        functions.run(order_id)

    assert log.changes() == PROCESSED


@pytest.mark.parametrize(
    ("until", "before"),
    [
        ("CalculatePrice", "accepted"),
        ("CheckInventory", "accepted"),
        ("PersistOrder", "pending"),
        ("UpdateStatus", "processing"),
    ],
)
def test_a_compensation_says_what_the_order_was(
    functions: InProcess, until: str, before: str
) -> None:
    order_id = functions.create(a_line(functions.product()))
    functions.run(order_id, until=until)
    order = functions.input_of(order_id)

    with logged() as log:
        functions.invoke("FailOrderFunction", failing(order))
        functions.invoke("FailOrderFunction", failing(order))

    assert log.changes() == [("workflow", before, "failed")]


def test_a_key_that_is_used_again_accepts_nothing(functions: InProcess) -> None:
    order, key = an_order(a_line(functions.product())), {"Idempotency-Key": an_id()}
    with logged() as log:
        for _ in range(2):
            functions.api.post("/orders", json=order, headers=key)

    assert [change[1:] for change in log.changes()] == [ACCEPTED]
    assert len(log.lines("request")) == 2


@contextmanager
def refusing_commits(functions: InProcess) -> Iterator[None]:
    """PostgreSQL refuses to commit any change of an order."""
    functions.rows(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'refused at the commit'; END $$
        """
    )
    functions.rows(
        "CREATE CONSTRAINT TRIGGER refuse AFTER INSERT OR UPDATE OR DELETE ON orders "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()"
    )
    try:
        yield
    finally:
        functions.rows("DROP FUNCTION refuse CASCADE")


def test_a_change_that_is_not_committed_is_not_audited(functions: InProcess) -> None:
    changed = functions.processed(a_line(functions.product()))
    new = functions.create(a_line(functions.product()))
    with refusing_commits(functions), logged() as log:
        with pytest.raises(TaskFailed, match="DatabaseRefused"):
            functions.run(new)
        with pytest.raises(TaskFailed, match="DatabaseRefused"):
            functions.invoke("FailOrderFunction", failing(functions.input_of(new)))
        put = functions.api.put(f"/orders/{changed}", json={"status": "shipped"})
        delete = functions.api.delete(f"/orders/{changed}")

    assert (put.status_code, delete.status_code) == (500, 500)
    assert log.changes() == []
