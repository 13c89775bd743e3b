"""asl/mock_config.json: the scenarios in Step Functions Local's mock format.

`python -m tests.scenarios.mock_config` writes it. A mocked state returns the model that its
handler's annotation names; attempts that fail in the scenario throw the scenario's error.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from pydantic import BaseModel, RootModel

from orders.backups import backup_key
from orders.documents.workflow import Failure
from orders.model import OrderStatus
from tests.running.builders import a_value
from tests.running.definition import FORWARD
from tests.running.stacks import ROOT
from tests.scenarios.mock_format import Cases, MockConfig, Response, Thrown
from tests.scenarios.scenario import Scenario, WrongScenario, every_scenario
from workflows.checks.deployment import deployed

TARGET = ROOT / "asl" / "mock_config.json"
MACHINE = "OrderProcessingStateMachine"
ORDER_ID = "00000000-0000-4000-8000-000000000000"
PRODUCT_ID = "PROD001"
FUNCTIONS = deployed()


def mock_config(scenarios: dict[str, Scenario]) -> MockConfig:
    """A case for each scenario; states that succeed at once share their responses."""
    cases: dict[str, RootModel[dict[str, str]]] = {}
    responses: dict[str, dict[str, Response]] = {}
    for case, scenario in scenarios.items():
        names = {}
        for state in scenario.expected.path:
            if found := numbered(list(attempts(scenario, state))):
                shared = responses.setdefault(f"{state} works", found) if is_plain(found) else None
                names[state] = f"{state} works" if shared == found else f"{state} in {case}"
                responses[names[state]] = found
        cases[case] = RootModel(names)
    machines = {MACHINE: Cases(TestCases=cases)}
    return MockConfig(StateMachines=machines, MockedResponses=responses)


def is_plain(attempts: dict[str, Response]) -> bool:
    """Whether the first attempt succeeds."""
    return "0" in attempts and attempts["0"].Return is not None


def attempts(scenario: Scenario, state: str) -> Iterator[Response]:
    """The responses to a state's attempts, in order; none for a state without a function."""
    if f"{state}Function" not in FUNCTIONS:
        return
    expected = scenario.expected
    for error in expected.failures.get(state, ()):
        cause = cause_of(scenario) if error == expected.error else f"{error}, as mocked"
        yield Response(Throw=Thrown(Error=error, Cause=cause))
    if succeeds(scenario, state):
        payload = output(scenario, state).model_dump(mode="json")
        yield Response(Return=RootModel({"StatusCode": 200, "Payload": payload}))


def succeeds(scenario: Scenario, state: str) -> bool:
    """Whether an attempt of the state succeeds."""
    expected = scenario.expected
    return state != expected.fails_in and (state in FORWARD or expected.compensated)


def numbered(attempts: list[Response]) -> dict[str, Response]:
    """The responses by attempt ("0"), or by a range of attempts with equal responses ("1-3")."""
    found, first = {}, 0
    for response, alike in groupby(attempts):
        last = first + len(list(alike)) - 1
        found[str(first) if first == last else f"{first}-{last}"] = response
        first = last + 1
    return found


def output(scenario: Scenario, state: str) -> BaseModel:
    """The model that the state's handler returns, for the scenario's order.

    A required field that this file does not know has any value of its type.
    """
    spec = FUNCTIONS[f"{state}Function"].spec
    assert spec, f"{state} has no handler"
    whole = document(scenario) | ({"status": "processing"} if state == "UpdateStatus" else {})
    fields = spec.output.model_fields.items()
    return spec.output.model_validate(
        {
            name: whole[name] if name in whole else a_value(field.annotation)
            for name, field in fields
            if name in whole or field.is_required()
        }
    )


def document(scenario: Scenario) -> dict[str, Any]:
    """All fields that the order's document ever has."""
    created_at = "2026-11-22T12:00:00"
    price = scenario.product.price if scenario.product else Decimal(0)
    return {
        "order_id": ORDER_ID,
        "customer_id": "CUST001",
        "items": [{"product_id": PRODUCT_ID, "quantity": scenario.quantity, "price": price}],
        "total_amount": price * scenario.quantity,
        "status": OrderStatus.PENDING,
        "created_at": created_at,
        "backup_key": backup_key(ORDER_ID, datetime.fromisoformat(created_at)),
        "failure": Failure(Error=scenario.expected.error or "", Cause=cause_of(scenario)),
    }


def cause_of(scenario: Scenario) -> str:
    """The expected cause, with the id of the mocked product."""
    return (scenario.expected.cause or "").format(product=PRODUCT_ID)


def rendered() -> str:
    """The text of asl/mock_config.json."""
    return mock_config(every_scenario()).model_dump_json(indent=2, exclude_none=True) + "\n"


if __name__ == "__main__":
    try:
        TARGET.write_text(rendered(), encoding="utf-8")
    except WrongScenario as wrong:
        sys.exit(f"tests/scenarios/{wrong}")
    sys.stdout.write(f"wrote {TARGET.relative_to(ROOT)}\n")
