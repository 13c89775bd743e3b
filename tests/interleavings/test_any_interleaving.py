"""No interleaving of calls, faults, aborts and reconciler runs breaks a promise of the contract.

Hypothesis generates short scripts of these steps over a few products, all on one running
stack. It shortens a script that breaks a promise, and prints it.
"""

import sys
from collections.abc import Callable
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

from tests.interleavings.example import Example, Items, check_unavailable, concurrently
from tests.interleavings.expected_states import CALLS, Order
from tests.interleavings.planned_faults import PlannedFault, planned_faults
from tests.running.definition import TASKS
from tests.running.shop import Shop
from tests.running.waiting import eventually

SEED = 17
"""The seed of the thinned run. Of 40 seeds, its scripts differ most and race most."""
PRODUCTS = ("laptop", "mouse")
MAX_HELD = 4
"""At most so many orders are held in one state: each holds one of the function's 8 workers."""

some_items = st.dictionaries(st.sampled_from(PRODUCTS), st.sampled_from([1, 1, 2, 4]), min_size=1)
a_state = st.sampled_from(TASKS)
# Three of the CALLS are listed again, and so are drawn twice as often.
a_call = st.sampled_from([*CALLS, "PUT shipped", "PUT cancelled", "DELETE"])
some_calls = st.one_of(a_call, st.just("reconcile"))
a_late_state = st.sampled_from(["PersistOrder", "UpdateStatus", "CheckInventory"])
a_settling_call = st.sampled_from(["PUT cancelled", "DELETE"])
some_transitions = st.lists(
    st.sampled_from(["PUT shipped", "DELETE", "PUT cancelled"]), min_size=2, max_size=4
)


class Step:
    """One step of a script. A later step can take this step's result as an argument."""

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
    """A rule that is only recorded when Hypothesis draws it; the complete script runs at its end.

    Races do not end the same way each time. Hypothesis can shorten a failing script only if
    what it draws does not depend on such results.
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
    """The steps of a script. `example` is the script's own, on the stack that all share."""

    shop: ClassVar[Shop]
    example: Example
    orders: Bundle[Step] = Bundle("orders")
    held: Bundle[Step] = Bundle("held")

    @cached_property
    def script(self) -> list[Step]:
        return []

    @initialize(stocks=st.fixed_dictionaries({name: st.integers(3, 6) for name in PRODUCTS}))
    def stock_up(self, stocks: Items) -> None:
        self.stocks = stocks

    def teardown(self) -> None:
        """Run the script, unless Hypothesis discarded it, and check the promises."""
        if sys.exception() or "stocks" not in vars(self):  # discarded before its first step
            return
        self.example = Example(self.shop, self.stocks)
        try:
            for each in self.script:
                each.run(self)
        finally:
            self.example.finish()
        self.example.check()

    # Creating.

    @step(initialize, target=orders, items=some_items, planned=planned_faults)
    def begin_with_an_order(self, items: Items, planned: list[PlannedFault]) -> Order:
        return self.post_order(items, planned)

    @step(initialize, target=orders, items=some_items, state=a_late_state, call=a_settling_call)
    def begin_with_a_late_task(self, items: Items, state: str, call: str) -> Order:
        return self.post_and_abort(items, state, call)

    @step(initialize, target=orders, items=some_items, calls=some_transitions)
    def begin_with_a_race(self, items: Items, calls: list[str]) -> Order:
        return self.post_and_race(items, calls)

    @step(target=orders, items=some_items, calls=some_transitions)
    def create_and_race(self, items: Items, calls: list[str]) -> Order:
        """Concurrent updates of an order whose workflow has ended."""
        return self.post_and_race(items, calls)

    @step(target=orders, items=some_items, planned=planned_faults)
    def create(self, items: Items, planned: list[PlannedFault]) -> Order:
        return self.post_order(items, planned)

    @step(target=orders, items=some_items, state=a_state, call=a_call)
    def create_and_abort(self, items: Items, state: str, call: str) -> Order:
        """Abort an order in that state; its held task runs after the call: a late task."""
        return self.post_and_abort(items, state, call)

    @step(target=held, items=some_items, state=a_state)
    def create_and_hold(self, items: Items, state: str) -> Order:
        """Create an order whose workflow is held in that state, if it reaches the state at all."""
        return self.hold_in(items, state)

    @step(
        target=orders,
        key=st.sampled_from(["A", "B"]),
        wanted=st.lists(some_items, min_size=1, max_size=3),
        planned=planned_faults,
    )
    def create_with_key(self, key: str, wanted: list[Items], planned: list[PlannedFault]) -> Order:
        """Concurrent callers, one for each order of `wanted`: the key creates exactly one."""
        customer, known = self.example.customer_with_key(key), self.example.by_key.get(key)
        if not known:
            self.example.plan(customer, planned)
        posts = [partial(self.example.post, items, customer, key) for items in wanted]
        answers = concurrently(posts)
        order = known or self.example.accept_one(wanted, answers, customer, faulted=bool(planned))
        self.example.by_key[key] = order
        self.example.check_key(order, wanted, answers)
        return order

    @step(target=orders, items=some_items)
    def create_and_find(self, items: Items) -> Order:
        """StartExecution fails after it started the execution: the order exists."""
        customer = self.example.a_customer()
        with self.example.failing("StartExecution", customer, when="after"):
            check_unavailable(self.example.post(items, customer))
        return self.example.accept_as(self.example.only_order_of(customer), items, customer)

    @step(target=orders, items=some_items, when=st.sampled_from(["before", "after"]))
    def create_and_repeat(self, items: Items, when: str) -> Order:
        """StartExecution fails; with a key, the repeated call still makes one order."""
        key = customer = self.example.a_customer()
        with self.example.failing("StartExecution", customer, when=when):
            check_unavailable(self.example.post(items, customer, key))
        assert when == "after" or self.example.listed(customer) == []
        return self.example.accept(self.example.post(items, customer, key), items, customer)

    @step(order=orders)
    def start_another_under_its_id(self, order: Order) -> None:
        """Start another order under the same id, as is possible after 90 days.

        The tasks refuse it, and FailOrder does not undo the first order.
        """
        call = self.example.call(order, "GET")
        order.observe(call)
        if call[1][0] == HTTPStatus.OK:
            self.example.impersonate(order)

    # Calling.

    @step(order=orders, call=a_call)
    def call(self, order: Order, call: str) -> None:
        order.observe(self.example.call(order, call))

    @step(order=orders, calls=st.lists(some_calls, min_size=2, max_size=3))
    def call_concurrently(self, order: Order, calls: list[str]) -> None:
        self.example.call_concurrently(order, calls)

    @step(order=orders, call=a_call)
    def call_while_describe_execution_fails(self, order: Order, call: str) -> None:
        """A call that needs the engine's answer is a 503 then, and changes nothing."""
        with self.example.failing("DescribeExecution", order.order_id):
            answer = self.example.send(order, call)
        if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            check_unavailable(answer)
        else:
            order.observe((call, self.example.answer_to(order, call, answer)))

    @step(order=orders | held)
    def list_and_read_status(self, order: Order) -> None:
        """Calls that do not wait for the workflow: the list, and the execution's status."""
        order.observe(self.example.call(order, "LIST"))
        status = self.shop.status(order.order_id)
        assert status["status"] in ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
        assert order.faulted or status["status"] != "ABORTED"
        assert len(status["recent_events"]) <= 10

    # The operator.

    @step(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def abort_held(self, order: Order, calls: list[str]) -> Order:
        """Abort a held order's execution during calls. Its task stays held, and will be late."""
        self.example.call_concurrently(order, calls, partial(self.shop.abort, order.order_id))
        return order

    @step(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def release(self, order: Order, calls: list[str]) -> Order:
        """Release a held order's task during calls."""
        self.example.call_concurrently(order, calls, partial(self.shop.unplan, order.held_in))
        return order

    @step(order=orders)
    def abort(self, order: Order) -> None:
        """Abort the order's execution, whatever state it is in."""
        order.faulted = True
        self.shop.abort(order.order_id)

    @step(callers=st.integers(1, 2))
    def reconcile(self, callers: int) -> None:
        concurrently([self.example.reconcile] * callers)

    @step(order=orders)
    def let_late_tasks_run(self, order: Order) -> None:
        """Release this order's task, and all that are held in the same state."""
        self.shop.unplan(order.held_in)

    # Shared by the steps.

    def post_order(self, items: Items, planned: list[PlannedFault]) -> Order:
        customer = self.example.a_customer()
        self.example.plan(customer, planned)
        answer = self.example.post(items, customer)
        return self.example.accept(answer, items, customer, faulted=bool(planned))

    def post_and_abort(self, items: Items, state: str, call: str) -> Order:
        order = self.hold_in(items, state)
        self.shop.abort(order.order_id)
        order.observe(self.example.call(order, call))
        return order

    def post_and_race(self, items: Items, calls: list[str]) -> Order:
        order = self.post_order(items, [])
        self.shop.end(order.order_id)
        self.example.call_concurrently(order, calls)
        return order

    def hold_in(self, items: Items, state: str) -> Order:
        if self.number_held(state) >= MAX_HELD:
            self.shop.unplan(state)
        to_get_there = [("PersistOrder", {"kind": "raise"})] if state == "FailOrder" else []
        customer, before = self.example.a_customer(), self.number_held(state)
        self.example.plan(customer, [*to_get_there, (state, {"kind": "hold"})])
        answer = self.example.post(items, customer)
        order = self.example.accept(answer, items, customer, faulted=True)
        order.held_in = state

        def is_held() -> None:
            held = self.number_held(state) > before
            assert held or self.shop.status(order.order_id)["status"] != "RUNNING"

        eventually(is_held)
        return order

    def number_held(self, state: str) -> int:
        return int(self.shop.invocations("held").get(f"{state}Function", 0))


def test_no_interleaving_breaks_a_promise(own: Shop, pytestconfig: pytest.Config) -> None:
    AnyInterleaving.shop = own
    if pytestconfig.getoption("--all"):
        chosen = settings(max_examples=200, stateful_step_count=30, derandomize=False)
    else:
        seed(SEED)(AnyInterleaving)
        chosen = settings(max_examples=6, stateful_step_count=11, derandomize=False, database=None)
    run_state_machine_as_test(
        AnyInterleaving, settings=settings(chosen, suppress_health_check=[HealthCheck.too_slow])
    )
