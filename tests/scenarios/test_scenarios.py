"""Runs every file of tests/scenarios: through the API on the stack's engine, and on a second one.

Both times all orders are in flight at the same time, with real functions and injected faults.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from orders.documents.workflow import Failure
from tests.running.builders import Document, a_line, an_id, an_order
from tests.running.shop import Shop, states_entered
from tests.scenarios import paths, second_engine
from tests.scenarios.scenario import Expected, Result, Row, every_scenario

SCENARIOS = every_scenario()
NONE = SimpleNamespace(params={})


class Run(NamedTuple):
    """A scenario's order whose execution has ended."""

    order_id: str
    product: str
    history: list[Document]


Runs = dict[str, Run]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "name" in metafunc.fixturenames:
        on_second = "second_runs" in metafunc.fixturenames
        metafunc.parametrize("name", runnable(metafunc.config, on_second=on_second))


def runnable(config: pytest.Config, *, on_second: bool = False) -> list[str]:
    """The scenarios, with --all every one.

    Without it, another engine, which waits in earnest, runs only those without patience, and the
    second engine only those that no invocation keeps waiting.
    """
    elsewhere = config.getoption("--step-functions")
    if config.getoption("--all"):
        return list(SCENARIOS)
    return [
        name
        for name, scenario in SCENARIOS.items()
        if not (on_second and scenario.is_slow) and not (elsewhere and scenario.expected.is_patient)
    ]


@pytest.fixture(scope="module")
def runs(shop: Shop, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The selected scenarios on the stack's engine, all at the same time."""
    orders = {name: prepared(shop, name) for name in chosen(request)}
    started = {
        name: shop.create(*order["items"], customer_id=name) for name, order in orders.items()
    }
    for order_id in started.values():
        shop.end(order_id, seconds=180)
    # Read before held invocations are released: moto adds their answers to ended histories.
    histories = {name: shop.history(order_id) for name, order_id in started.items()}
    yield {name: Run(started[name], product_of(orders[name]), histories[name]) for name in orders}
    shop.clear_faults()
    shop.until_idle()


@pytest.fixture(scope="module")
def second_runs(shop: Shop, definition: Document, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The same on the second engine, with the stack's functions; POST and moto have no part."""
    orders = {name: prepared(shop, name) | {"order_id": an_id()} for name in chosen(request)}
    histories = second_engine.calling(shop, definition, orders)
    yield {
        name: Run(order["order_id"], product_of(order), histories[name])
        for name, order in orders.items()
    }
    shop.clear_faults()
    shop.until_idle()


def chosen(request: pytest.FixtureRequest) -> list[str]:
    """The scenarios of the selected tests that use the fixture."""
    tests = [item for item in request.session.items if isinstance(item, pytest.Function)]
    callers = [test for test in tests if request.fixturename in test.fixturenames]
    names = [getattr(test, "callspec", NONE).params.get("name") for test in callers]
    return [name for name in SCENARIOS if name in names]


def prepared(shop: Shop, name: str) -> Document:
    """The scenario's order; its faults are planned for its customer alone."""
    scenario, product = SCENARIOS[name], "NOPE"
    if scenario.product:
        price, stock = scenario.product.price, scenario.product.stock
        product = shop.product(price=str(price), stock=stock)
    for state, faults in scenario.failing.items():
        mine = {"where": {"customer_id": name}}
        shop.plan(state, *(fault.model_dump() | mine for fault in faults))
    return an_order(a_line(product, scenario.quantity), customer_id=name)


def product_of(order: Document) -> str:
    """The order's only product."""
    return str(order["items"][0]["product_id"])


@pytest.fixture(scope="module")
def definition(shop: Shop) -> Document:
    """The state machine as the engine has it."""
    return shop.definition()


def test_the_order_takes_the_path_and_ends_as_its_scenario_says(
    shop: Shop, runs: Runs, definition: Document, name: str
) -> None:
    assert_as_expected(shop, runs[name], definition, SCENARIOS[name].expected)


def test_it_takes_the_same_path_on_the_second_engine(
    shop: Shop, second_runs: Runs, definition: Document, name: str
) -> None:
    assert_as_expected(shop, second_runs[name], definition, SCENARIOS[name].expected)


def assert_as_expected(shop: Shop, run: Run, definition: Document, expected: Expected) -> None:
    seen = result(shop, run) | reason(run, definition, expected)

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
    runs: Runs,
    definition: Document,
    pytestconfig: pytest.Config,
    record_property: Callable[[str, object], None],
) -> None:
    walked = exits_taken(runs, definition)
    every = set(paths.exits_of(definition))

    record_property("table", paths.table(definition, walked))
    if len(runs) < len(runnable(pytestconfig)):
        pytest.skip("not all scenarios were run")
    assert sorted(every.difference(walked)) == [], "never taken: add a scenario"
    assert sorted(set(walked) - every) == [], "taken, and not in the definition"


@pytest.mark.whole
def test_every_exit_was_taken_on_the_second_engine(second_runs: Runs, definition: Document) -> None:
    if len(second_runs) < len(SCENARIOS):
        pytest.skip("not all scenarios were run")
    assert set(exits_taken(second_runs, definition)) == set(paths.exits_of(definition))


def exits_taken(runs: Runs, definition: Document) -> list[paths.Exit]:
    return [each for run in runs.values() for each in paths.taken(definition, run.history)]
