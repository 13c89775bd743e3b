"""A field of the accepted order reaches the end: tables, API, backup, compensation.

An order with every field filled goes through every task; each test names the place, the state
and the field that it was lost in. A new field needs no new test.
"""

from collections.abc import Sequence
from typing import Any

import pytest
from pydantic import BaseModel

from orders.documents.api import NewOrder
from orders.documents.workflow import AcceptedOrder
from tests.running.builders import Document, a_line, a_value, an_id, an_order
from tests.running.in_process import InProcess
from tests.running.walking import FORWARD, failing
from workflows.rules.saga import ORDER_PROCESSING

FIELDS = list(AcceptedOrder.model_fields)
STORED = [name for name in FIELDS if name not in ORDER_PROCESSING.ends_in]


def filled(model: type[BaseModel], **known: object) -> Document:
    """A document in which every field of the model has a value of its own."""
    fields = model.model_fields.items()
    return {name: known.get(name) or a_value(field.annotation) for name, field in fields}


def asked(document: Document) -> Document:
    """The fields of AcceptedOrder, items by product and quantity alone."""
    items = [
        {"product_id": item["product_id"], "quantity": item["quantity"]}
        for item in document.get("items", ())
    ]
    return {name: document.get(name) for name in FIELDS} | {"items": items}


def lost(order: Document, document: Document, fields: Sequence[str] = FIELDS) -> list[str]:
    """The fields of the order that the document does not have as they were."""
    kept = asked(document)
    return [name for name in fields if kept[name] != order[name]]


def an_accepted_order(functions: InProcess) -> Document:
    order_id, lines = an_id(), [a_line(functions.product(), 3)]
    order = filled(AcceptedOrder, order_id=order_id, items=lines)
    return AcceptedOrder.model_validate(order).model_dump(mode="json")


def test_the_api_hands_every_field_to_the_workflow(functions: InProcess) -> None:
    order = filled(NewOrder, items=[a_line(functions.product(), 3)])

    answer = functions.api.post("/orders", json=order)

    order_id, request_id = answer.json()["order_id"], answer.headers["x-request-id"]
    ids = {"order_id": order_id, "request_id": request_id}
    assert functions.input_of(order_id) == order | ids


def test_every_state_hands_every_field_on(functions: InProcess) -> None:
    order = an_accepted_order(functions)
    document = order
    for state in FORWARD:
        document = functions.invoke(f"{state}Function", document)
        assert lost(order, document) == [], f"lost in {state}"


def test_the_api_and_the_backup_have_every_field(functions: InProcess) -> None:
    order = document = an_accepted_order(functions)
    for state in FORWARD:
        document = functions.invoke(f"{state}Function", document)

    shown = functions.api.get(f"/orders/{order['order_id']}").json()
    (backup,) = functions.backups(order["order_id"])

    assert lost(order, shown, STORED) == [], "not in GET /orders/{order_id}"
    assert lost(order, backup["document"], STORED) == [], "not in the backup"


@pytest.mark.parametrize("state", FORWARD)
def test_the_compensation_keeps_every_field(functions: InProcess, state: str) -> None:
    order = document = an_accepted_order(functions)
    for each in FORWARD[: FORWARD.index(state)]:
        document = functions.invoke(f"{each}Function", document)

    functions.invoke("FailOrderFunction", failing(document))

    shown = functions.api.get(f"/orders/{order['order_id']}").json()
    assert lost(order, shown, STORED) == [], f"lost by FailOrder after {state}"


@pytest.mark.parametrize("field", NewOrder.model_fields)
def test_an_idempotency_key_compares_every_field(functions: InProcess, field: str) -> None:
    """docs/contract.md, "Idempotency-Key": before the order was processed and afterwards."""
    order = filled(NewOrder, items=[a_line(functions.product(), 3)])
    other = order | {field: different(order[field])}
    key = {"Idempotency-Key": an_id()}
    order_id = functions.api.post("/orders", json=order, headers=key).json()["order_id"]

    before = functions.api.post("/orders", json=other, headers=key)
    functions.run(order_id)
    functions.forget_executions()
    after = functions.api.post("/orders", json=other, headers=key)

    assert (before.status_code, after.status_code) == (422, 422)


def different(value: Any) -> object:  # noqa: ANN401 - any JSON
    """Another valid value of the same field."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, list):
        return [line | {"quantity": line["quantity"] + 1} for line in value]
    return value + 1 if isinstance(value, int) else f"{value}, another"


def test_the_filler_fills_every_field() -> None:
    assert None not in filled(NewOrder, **an_order(a_line("P"))).values()
