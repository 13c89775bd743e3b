"""Runs every file of tests/scenarios through the API, on the engine, all at the same time."""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from orders.documents.workflow import Failure
from tests.running.builders import Document, a_line
from tests.running.shop import Shop, states_entered
from tests.scenarios import paths
from tests.scenarios.scenario import Expected, Result, Row, Scenario, every_scenario

SCENARIOS = every_scenario()
NONE = SimpleNamespace(params={})


class Run(NamedTuple):
    """A scenario's order whose execution has ended."""

    order_id: str
    product: str
    history: list[Document]


def runnable(config: pytest.Config) -> list[str]:
    """All scenarios; on another engine, which waits in earnest, those with patience with --all."""
    elsewhere = config.getoption("--step-functions") and not config.getoption("--all")
    return [name for name in SCENARIOS if not (elsewhere and SCENARIOS[name].expected.is_patient)]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", runnable(metafunc.config))


@pytest.fixture(scope="module")
def runs(shop: Shop, request: pytest.FixtureRequest) -> Iterator[dict[str, Run]]:
    """The orders of the scenarios whose tests were selected."""
    chosen = [getattr(item, "callspec", NONE).params.get("name") for item in request.session.items]
    names = [name for name in SCENARIOS if name in chosen]
    started = {name: start(shop, name, SCENARIOS[name]) for name in names}
    for order_id, _ in started.values():
        shop.end(order_id, seconds=180)
    # Read before held invocations are released: moto adds their answers to ended histories.
    yield {name: Run(*order, shop.history(order[0])) for name, order in started.items()}
    shop.clear_faults()
    shop.until_idle()


def start(shop: Shop, name: str, scenario: Scenario) -> tuple[str, str]:
    """Plan the scenario's faults for its customer alone, and post its order."""
    product = "NOPE"
    if scenario.product:
        price, stock = scenario.product.price, scenario.product.stock
        product = shop.product(price=str(price), stock=stock)
    for state, faults in scenario.failing.items():
        mine = {"where": {"customer_id": name}}
        shop.plan(state, *(fault.model_dump() | mine for fault in faults))
    return shop.create(a_line(product, scenario.quantity), customer_id=name), product


@pytest.fixture(scope="module")
def definition(shop: Shop) -> Document:
    """The state machine as the engine has it."""
    return shop.definition()


def test_the_order_takes_the_path_and_ends_as_its_scenario_says(
    shop: Shop, runs: dict[str, Run], definition: Document, name: str
) -> None:
    expected = SCENARIOS[name].expected

    seen = result(shop, runs[name]) | reason(runs[name], definition, expected)

    assert Result.model_validate(seen).model_dump() == expected.result.model_dump()


def result(shop: Shop, run: Run) -> Document:
    """What became of the order, without error and cause."""
    row = shop.order_row(run.order_id)
    return {
        "path": states_entered(run.history),
        "failures": paths.failures(run.history),
        "status": run.history[-1]["type"].removeprefix("Execution").upper(),
        "row": row and {name: row[name] for name in Row.model_fields},
        "stock": None if run.product == "NOPE" else shop.stock(run.product),
        "backups": len(shop.backups(run.order_id)),
    }


def reason(run: Run, definition: Document, expected: Expected) -> Document:
    """The execution's error and cause; the expected cause if the true one contains it."""
    details = run.history[-1].get("executionFailedEventDetails")
    if not details:
        return {}
    if "Error" in definition["States"][states_entered(run.history)[-1]]:
        # This engine has no ErrorPath and CausePath, but constants (docs/engines.md).
        return {"error": expected.error, "cause": expected.cause}
    failure = Failure(Error=details["error"], Cause=details.get("cause", "")).with_readable_cause()
    words = (expected.cause or "").format(product=run.product)
    cause = expected.cause if words and words in failure.Cause else failure.Cause
    return {"error": failure.Error, "cause": cause}


def test_every_exit_of_the_state_machine_was_taken(
    runs: dict[str, Run],
    definition: Document,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    walked = [each for run in runs.values() for each in paths.taken(definition, run.history)]
    every = set(paths.exits_of(definition))

    record_property("table", paths.table(definition, walked))
    if len(runs) < len(runnable(pytestconfig)):
        pytest.skip("not all scenarios were run")
    assert sorted(every.difference(walked)) == [], "never taken: add a scenario"
    assert sorted(set(walked) - every) == [], "taken, and not in the definition"
