"""Whatever is done, fails and races, in any order: no promise of the contract is broken.

Hypothesis writes little scripts of calls, faults, aborts and reconciler runs over a few
products, all on one running stack. A script that breaks a promise is shortened, and printed.
"""

import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial, wraps
from http import HTTPStatus
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import a_running_stack
from tests.interleavings.example import Example, Items, at_once, check_broken
from tests.interleavings.possible import CALLS, Order
from tests.interleavings.troubles import TASKS, Trouble, troubles
from tests.running.shop import Shop
from tests.running.waiting import eventually

SEED = 17
"""Of the thinned run: of 40 tried, the one whose scripts differ most and race most."""
PRODUCTS = ("laptop", "mouse")
MOST_HELD = 4
"""In one state: a function has 8 workers, and needs some for the others."""

some_items = st.dictionaries(st.sampled_from(PRODUCTS), st.sampled_from([1, 1, 2, 4]), min_size=1)
a_state = st.sampled_from(TASKS)
a_call = st.sampled_from([*CALLS, "PUT shipped", "PUT cancelled", "DELETE"])  # most there is
some_calls = st.one_of(a_call, st.just("reconcile"))
a_late_state = st.sampled_from(["PersistOrder", "UpdateStatus", "CheckInventory"])
a_settling_call = st.sampled_from(["PUT cancelled", "DELETE"])
some_moves = st.lists(
    st.sampled_from(["PUT shipped", "DELETE", "PUT cancelled"]), min_size=2, max_size=4
)


class Step:
    """One step of a script; where another step takes its order, it takes what came of it."""

    def __init__(self, do: Callable[..., Any], arguments: dict[str, Any]) -> None:
        self._do, self._arguments = do, arguments
        self.result: object = None

    def run(self, machine: RuleBasedStateMachine) -> None:
        known = {
            name: value.result if isinstance(value, Step) else value
            for name, value in self._arguments.items()
        }
        self.result = self._do(machine, **known)


def step(
    kind: Callable[..., Any] = rule,
    **arguments: Any,  # noqa: ANN401 - as `rule`
) -> Callable[[Callable[..., Any]], Any]:
    """A rule that is noted down when Hypothesis draws it, and run when the script is whole.

    What races does not end the same way each time. So that Hypothesis can make a failing
    script shorter, what it draws must not depend on that.
    """

    def decorate(do: Callable[..., Any]) -> Any:  # noqa: ANN401 - as `rule`
        @wraps(do)
        def note(machine: "AnyInterleaving", **drawn: Any) -> Step | None:  # noqa: ANN401
            machine.script.append(Step(do, drawn))
            return machine.script[-1] if "target" in arguments else None

        return made_a_rule(note)

    made_a_rule = kind(**arguments)
    return decorate


class AnyInterleaving(RuleBasedStateMachine):
    """The steps of a script. `here` is its own example on the stack shared by all."""

    shop: ClassVar[Shop]
    here: Example
    orders: Bundle[Step] = Bundle("orders")
    held: Bundle[Step] = Bundle("held")

    @cached_property
    def script(self) -> list[Step]:
        return []

    @initialize(stocks=st.fixed_dictionaries({name: st.integers(3, 6) for name in PRODUCTS}))
    def stock_up(self, stocks: Items) -> None:
        self.stocks = stocks

    def teardown(self) -> None:
        """Run the script, unless Hypothesis has dropped it, and see what has come of it."""
        if sys.exception() or "stocks" not in vars(self):  # which may be before it has begun
            return
        self.here = Example(self.shop, self.stocks)
        try:
            for each in self.script:
                each.run(self)
        finally:
            self.here.come_to_rest()
        self.here.check()

    # Creating.

    @step(initialize, target=orders, items=some_items, trouble=troubles)
    def begin_with_an_order(self, items: Items, trouble: list[Trouble]) -> Order:
        return self.ordered(items, trouble)

    @step(initialize, target=orders, items=some_items, state=a_late_state, call=a_settling_call)
    def begin_with_a_late_task(self, items: Items, state: str, call: str) -> Order:
        return self.aborted(items, state, call)

    @step(initialize, target=orders, items=some_items, calls=some_moves)
    def begin_with_a_race(self, items: Items, calls: list[str]) -> Order:
        return self.raced_for(items, calls)

    @step(target=orders, items=some_items, calls=some_moves)
    def create_and_race(self, items: Items, calls: list[str]) -> Order:
        """Moves at once, of an order whose workflow has ended."""
        return self.raced_for(items, calls)

    @step(target=orders, items=some_items, trouble=troubles)
    def create(self, items: Items, trouble: list[Trouble]) -> Order:
        return self.ordered(items, trouble)

    @step(target=orders, items=some_items, state=a_state, call=a_call)
    def create_and_abort(self, items: Items, state: str, call: str) -> Order:
        """In that state, whose task is held on: it will come after the call."""
        return self.aborted(items, state, call)

    @step(target=held, items=some_items, state=a_state)
    def create_and_hold(self, items: Items, state: str) -> Order:
        """Its workflow stands still in the state, unless it cannot get there."""
        return self.stood_still(items, state)

    @step(
        target=orders,
        key=st.sampled_from(["A", "B"]),
        wanted=st.lists(some_items, min_size=1, max_size=3),
        trouble=troubles,
    )
    def create_with_key(self, key: str, wanted: list[Items], trouble: list[Trouble]) -> Order:
        """By as many callers at once as `wanted` has orders: the key makes one of them, once."""
        customer, known = self.here.customer_with_key(key), self.here.by_key.get(key)
        if not known:
            self.here.plan(customer, trouble)
        answers = at_once([partial(self.here.post, items, customer, key) for items in wanted])
        order = known or self.here.accept_one(wanted, answers, customer, troubled=bool(trouble))
        self.here.by_key[key] = order
        self.here.check_key(order, wanted, answers)
        return order

    @step(target=orders, items=some_items)
    def create_and_find(self, items: Items) -> Order:
        """The engine fails, and has started the order all the same: it is there."""
        customer = self.here.a_customer()
        with self.here.failing("StartExecution", customer, when="after"):
            check_broken(self.here.post(items, customer))
        return self.here.accept_as(self.here.only_order_of(customer), items, customer)

    @step(target=orders, items=some_items, when=st.sampled_from(["before", "after"]))
    def create_and_repeat(self, items: Items, when: str) -> Order:
        """The engine fails; with a key it is one order, whether it had been started or not."""
        key = customer = self.here.a_customer()
        with self.here.failing("StartExecution", customer, when=when):
            check_broken(self.here.post(items, customer, key))
        assert when == "after" or self.here.listed(customer) == []
        return self.here.accept(self.here.post(items, customer, key), items, customer)

    @step(order=orders)
    def start_another_under_its_id(self, order: Order) -> None:
        """As an engine would that has forgotten the name: the tasks refuse, and undo nothing."""
        told = self.here.call(order, "GET")
        order.learn(told)
        if told[1][0] == HTTPStatus.OK:
            self.here.impersonate(order)

    # Calling.

    @step(order=orders, call=a_call)
    def call(self, order: Order, call: str) -> None:
        order.learn(self.here.call(order, call))

    @step(order=orders, calls=st.lists(some_calls, min_size=2, max_size=3))
    def call_at_once(self, order: Order, calls: list[str]) -> None:
        self.here.call_at_once(order, calls)

    @step(order=orders, call=a_call)
    def call_while_the_engine_is_mute(self, order: Order, call: str) -> None:
        """What has to ask the engine is a 500 then, and changes nothing."""
        with self.here.failing("DescribeExecution", order.order_id):
            answer = self.here.send(order, call)
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            check_broken(answer)
        else:
            order.learn((call, self.here.heard(order, call, answer)))

    @step(order=orders | held)
    def look_from_afar(self, order: Order) -> None:
        """Where nothing waits for the workflow: in the list, and at its execution."""
        order.learn(self.here.call(order, "LIST"))
        status = self.shop.status(order.order_id)
        assert status["status"] in ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
        assert order.troubled or status["status"] != "ABORTED"
        assert len(status["recent_events"]) <= 10

    # The operator.

    @step(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def abort_held(self, order: Order, calls: list[str]) -> Order:
        """While calls are made. Its task is held on, and will be late."""
        self.here.call_at_once(order, calls, partial(self.shop.abort, order.order_id))
        return order

    @step(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def release(self, order: Order, calls: list[str]) -> Order:
        """While calls are made."""
        self.here.call_at_once(order, calls, partial(self.shop.unplan, order.held_in))
        return order

    @step(order=orders)
    def abort(self, order: Order) -> None:
        """Wherever it is."""
        order.troubled = True
        self.shop.abort(order.order_id)

    @step(callers=st.integers(1, 2))
    def reconcile(self, callers: int) -> None:
        at_once([self.here.reconcile] * callers)

    @step(order=orders)
    def let_late_tasks_run(self, order: Order) -> None:
        """This one's, and whatever is held in the same state."""
        self.shop.unplan(order.held_in)

    # How it is done.

    def ordered(self, items: Items, trouble: list[Trouble]) -> Order:
        customer = self.here.a_customer()
        self.here.plan(customer, trouble)
        answer = self.here.post(items, customer)
        return self.here.accept(answer, items, customer, troubled=bool(trouble))

    def aborted(self, items: Items, state: str, call: str) -> Order:
        order = self.stood_still(items, state)
        self.shop.abort(order.order_id)
        order.learn(self.here.call(order, call))
        return order

    def raced_for(self, items: Items, calls: list[str]) -> Order:
        order = self.ordered(items, [])
        self.shop.end(order.order_id)
        self.here.call_at_once(order, calls)
        return order

    def stood_still(self, items: Items, state: str) -> Order:
        if self.number_held(state) >= MOST_HELD:
            self.shop.unplan(state)
        on_the_way = [("PersistOrder", {"kind": "raise"})] if state == "FailOrder" else []
        customer, before = self.here.a_customer(), self.number_held(state)
        self.here.plan(customer, [*on_the_way, (state, {"kind": "hold"})])
        order = self.here.accept(self.here.post(items, customer), items, customer, troubled=True)
        order.held_in = state

        def stands_still() -> None:
            held = self.number_held(state) > before
            assert held or self.shop.status(order.order_id)["status"] != "RUNNING"

        eventually(stands_still)
        return order

    def number_held(self, state: str) -> int:
        return int(self.shop.invocations("held").get(f"{state}Function", 0))


@pytest.fixture(scope="module")
def own() -> Iterator[Shop]:
    """A stack of its own, so that faults and reconciler runs are all from here."""
    with a_running_stack("--faults", "--schedules", "0") as running:
        yield running


def test_no_interleaving_breaks_a_promise(own: Shop, pytestconfig: pytest.Config) -> None:
    AnyInterleaving.shop = own
    if pytestconfig.getoption("--all"):
        chosen = settings(max_examples=200, stateful_step_count=30, derandomize=False)
    else:
        seed(SEED)(AnyInterleaving)
        chosen = settings(max_examples=14, stateful_step_count=11, derandomize=False, database=None)
    run_state_machine_as_test(
        AnyInterleaving, settings=settings(chosen, suppress_health_check=[HealthCheck.too_slow])
    )
