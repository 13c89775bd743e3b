"""asl/mock_config.json: the scenarios in Step Functions Local's mock format.

`python -m tests.scenarios.mock_config` writes it. A mocked state returns a document of its
handler's output model; the attempts that fail in a scenario throw the scenario's error.
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
from tests.conftest import ROOT
from tests.scenarios.mock_format import Cases, MockConfig, Response, Thrown
from tests.scenarios.scenario import Scenario, WrongScenario, every_scenario
from workflows.checks.deployment import deployed

TARGET = ROOT / "asl" / "mock_config.json"
MACHINE = "OrderProcessingStateMachine"
ORDER_ID = "00000000-0000-4000-8000-000000000000"
PRODUCT_ID = "PROD001"
FUNCTIONS = deployed()


def mock_config(scenarios: dict[str, Scenario]) -> MockConfig:
    """A case for each scenario; states that just work share their responses."""
    cases: dict[str, RootModel[dict[str, str]]] = {}
    responses: dict[str, dict[str, Response]] = {}
    for case, scenario in scenarios.items():
        names = {}
        for state in scenario.expected.path:
            if tries := numbered(list(tries_of(scenario, state))):
                shared = responses.setdefault(f"{state} works", tries) if is_plain(tries) else None
                names[state] = f"{state} works" if shared == tries else f"{state} in {case}"
                responses[names[state]] = tries
        cases[case] = RootModel(names)
    machines = {MACHINE: Cases(TestCases=cases)}
    return MockConfig(StateMachines=machines, MockedResponses=responses)


def is_plain(tries: dict[str, Response]) -> bool:
    """Whether the first try works."""
    return "0" in tries and tries["0"].Return is not None


def tries_of(scenario: Scenario, state: str) -> Iterator[Response]:
    """What the tries of a state come to, in order; none for a state without a function."""
    if f"{state}Function" not in FUNCTIONS:
        return
    expected = scenario.expected
    for error in expected.failures.get(state, ()):
        cause = told(scenario) if error == expected.error else f"{error}, as mocked"
        yield Response(Throw=Thrown(Error=error, Cause=cause))
    if works(scenario, state):
        payload = answer(scenario, state).model_dump(mode="json")
        yield Response(Return=RootModel({"StatusCode": 200, "Payload": payload}))


def works(scenario: Scenario, state: str) -> bool:
    """Whether a try worked: then the execution went on, but not to FailOrder, or ended well."""
    path = scenario.expected.path
    after = path[path.index(state) + 1 :][:1]
    return after != ("FailOrder",) if after else scenario.expected.status == "SUCCEEDED"


def numbered(tries: list[Response]) -> dict[str, Response]:
    """By try, or by tries when several are alike."""
    found, first = {}, 0
    for response, alike in groupby(tries):
        last = first + len(list(alike)) - 1
        found[str(first) if first == last else f"{first}-{last}"] = response
        first = last + 1
    return found


def answer(scenario: Scenario, state: str) -> BaseModel:
    """What the state's handler promises to give, of the scenario's order."""
    spec = FUNCTIONS[f"{state}Function"].spec
    assert spec, f"{state} has no handler"
    whole = document(scenario) | ({"status": "processing"} if state == "UpdateStatus" else {})
    return spec.output.model_validate({name: whole[name] for name in spec.output.model_fields})


def document(scenario: Scenario) -> dict[str, Any]:
    """All that the order's document ever holds."""
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
        "failure": Failure(Error=scenario.expected.error or "", Cause=told(scenario)),
    }


def told(scenario: Scenario) -> str:
    """The cause, of the mocked product."""
    return (scenario.expected.cause or "").format(product=PRODUCT_ID)


def rendered() -> str:
    """What asl/mock_config.json must hold."""
    return mock_config(every_scenario()).model_dump_json(indent=2, exclude_none=True) + "\n"


if __name__ == "__main__":
    try:
        TARGET.write_text(rendered(), encoding="utf-8")
    except WrongScenario as wrong:
        sys.exit(f"tests/scenarios/{wrong}")
    sys.stdout.write(f"wrote {TARGET.relative_to(ROOT)}\n")
