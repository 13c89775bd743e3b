"""Finds breaks: what code of the last release needs and today's tree lacks."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from pg8000.native import Connection
from pydantic import BaseModel

from local.postgres.statement_comments import WrongStatement
from orders.documents.workflow import AcceptedOrder, FailingOrder
from releases.documents import misread, schemas
from releases.permissions import taken_away
from releases.record import Record
from releases.statements import Statement, describe_text, is_permitted
from workflows.checks.deployment import Deployment

CAUGHT = "failure"
"""The field that a Catch adds to a document."""


class Break(NamedTuple):
    """`name` identifies the break, also in breaks.toml; `why` is a sentence."""

    name: str
    why: str


def breaks(last: Record, deployment: Deployment, conn: Connection) -> Iterator[Break]:
    """Compare the last release with today's deployment, documents and migrated tables."""
    for name, statement in last.statements.items():
        yield from _statement(name, statement, conn)
    yield from _functions(last, deployment)
    yield from _permissions(last)
    yield from _documents(last)


def _statement(name: str, old: Statement, conn: Connection) -> Iterator[Break]:
    try:
        new = describe_text(conn, old.text)
    except WrongStatement as error:
        yield Break(f"statement {name}", f"it does not run on today's tables: {error}")
        return
    if not is_permitted(conn, old.text):
        yield Break(f"statement {name}", "the functions' role may not run it any more")
    for what in ("parameters", "result", "records"):
        if getattr(old, what) != getattr(new, what):
            yield Break(
                f"statement {name}",
                f"its {what} are {getattr(new, what)} on today's tables, "
                f"and were {getattr(old, what)}",
            )


def _functions(last: Record, deployment: Deployment) -> Iterator[Break]:
    """Orders in flight call the functions of the last release, which must still be there."""
    for name in last.tasks:
        if name not in deployment:
            yield Break(f"function {name}", "orders in flight call it, and template.yaml lacks it")
        elif not deployment[name].only_versions:
            yield Break(f"function {name}", "the state machine's role may not invoke its versions")


def _permissions(last: Record) -> Iterator[Break]:
    """Old versions of a function share its role with the new one."""
    for role, action, resource in taken_away(last.permissions):
        yield Break(f"permission {role} {action}", f"the role may not do it any more on {resource}")


def _documents(last: Record) -> Iterator[Break]:
    """The reconciler reads the last release's orders: what was accepted, and what failed."""
    for name, task in last.tasks.items():
        if name == first_task(last):
            yield from _misread(name, task.input, AcceptedOrder)
        yield from _misread(name, task.input, FailingOrder)


def first_task(last: Record) -> str:
    """The function of the definition's first state, whose input is an accepted order."""
    first = last.definition["States"][last.definition["StartAt"]]
    return str(first["Parameters"]["FunctionName"]).strip("${}")


def _misread(name: str, old: dict[str, Any], model: type[BaseModel]) -> Iterator[Break]:
    new = schemas(model)
    new["required"] = [each for each in new["required"] if each != CAUGHT]
    for why in misread(old, new):
        yield Break(f"document {model.__name__}", f"it cannot read the input of {name}: {why}")
