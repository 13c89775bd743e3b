"""Whatever is done, fails and races, in any order: no promise of the contract is broken.

Hypothesis writes little scripts of calls, faults, aborts and reconciler runs over a few
products, all on one running stack. A script that breaks a promise is shortened, and printed.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, TypeVar
from uuid import uuid4

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import a_running_stack
from tests.possible import CALLS, STATUSES, STILL_PROCESSING, Answer, Order
from tests.shop import Document, Shop, a_line, an_order, eventually
from tests.troubles import TASKS, Trouble, troubles

Found = TypeVar("Found")
Items = dict[str, int]

PRODUCTS = ("laptop", "mouse")
MOST_HELD = 4
"""In one state: a function has 8 workers, and needs some for the others."""
ERROR_500: Document = {"kind": "error", "status": 500, "times": 2}
"""Twice: botocore tries again by itself."""

some_items = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, 4), min_size=1)
some_calls = st.sampled_from([*CALLS, "reconcile"])
a_key = st.sampled_from(["key A", "key B"])


def at_once(actions: Sequence[Callable[[], Found]]) -> list[Found]:
    """Do all of it at the same time; the results in the order given."""
    with ThreadPoolExecutor(len(actions)) as threads:
        return [each.result() for each in [threads.submit(action) for action in actions]]


class AnyInterleaving(RuleBasedStateMachine):
    """One example: products, customers and keys of its own, on a stack shared by all."""

    shop: ClassVar[Shop]
    orders: Bundle[Order] = Bundle("orders")
    held: Bundle[Order] = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        self.name = uuid4().hex[:8]
        self.stocks: Items = {}
        self.products: dict[str, str] = {}
        self.accepted: list[Order] = []
        self.by_key: dict[str, Order] = {}
        self.turned_away: list[str] = []

    @initialize(stocks=st.fixed_dictionaries({name: st.integers(3, 6) for name in PRODUCTS}))
    def stock_up(self, stocks: Items) -> None:
        self.stocks = stocks
        self.products = {name: self.shop.product(stock=stock) for name, stock in stocks.items()}

    # Creating.

    @rule(target=orders, items=some_items, trouble=troubles)
    def create(self, items: Items, trouble: list[Trouble]) -> Order:
        customer = self.a_customer()
        self.plan(customer, trouble)
        return self.accept(self.post(items, customer), items, customer, troubled=bool(trouble))

    @rule(
        target=orders,
        key=a_key,
        wanted=st.lists(some_items, min_size=1, max_size=3),
        trouble=troubles,
    )
    def create_with_key(
        self, key: str, wanted: list[Items], trouble: list[Trouble]
    ) -> Order | MultipleResults[Order]:
        """As many callers as `wanted` has orders, at once: one order is made, and stays."""
        customer = f"{self.name} {key}"
        known = self.by_key.get(key)
        if not known:
            self.plan(customer, trouble)
        answers = at_once([partial(self.post, items, customer, key) for items in wanted])
        created = [
            (items, answer)
            for items, answer in zip(wanted, answers, strict=True)
            if answer.status_code == HTTPStatus.CREATED
        ]
        if not known:
            assert created, [answer.text for answer in answers]
            items, answer = created[0]
            self.by_key[key] = self.accept(answer, items, customer, troubled=bool(trouble))
        self.check_key(self.by_key[key], wanted, answers)
        return multiple() if known else self.by_key[key]

    def check_key(self, order: Order, wanted: list[Items], answers: list[httpx.Response]) -> None:
        for items, answer in zip(wanted, answers, strict=True):
            if items == order.items:
                assert self.created(answer) == order.order_id
            else:
                assert told(answer) == (
                    422,
                    "Idempotency-Key was already used with a different order",
                )

    @rule(target=orders, items=some_items, when=st.sampled_from(["before", "after"]))
    def create_without_an_answer(self, items: Items, when: str) -> Order | MultipleResults[Order]:
        """The engine fails; "after": it has started the order all the same."""
        customer = self.a_customer()
        self.shop.plan_aws("StartExecution", ERROR_500 | {"when": when} | aimed_at(customer))
        self.check_broken(self.post(items, customer))
        if when == "before":
            self.turned_away.append(customer)
            return multiple()
        return self.accepted_as(self.only_order_of(customer), items, customer)

    @rule(target=orders, items=some_items, when=st.sampled_from(["before", "after"]))
    def create_again_for_want_of_an_answer(self, items: Items, when: str) -> Order:
        customer = self.a_customer()
        self.shop.plan_aws("StartExecution", ERROR_500 | {"when": when} | aimed_at(customer))
        self.check_broken(self.post(items, customer, customer))
        return self.accept(self.post(items, customer, customer), items, customer)

    # Calls.

    @rule(order=orders)
    def read(self, order: Order) -> None:
        order.learn(self.call(order, "GET"))

    @rule(order=orders | held)
    def list_by_customer(self, order: Order) -> None:
        order.learn(self.call(order, "LIST"))

    @rule(order=orders | held)
    def look_at_status(self, order: Order) -> None:
        status = self.shop.status(order.order_id)
        assert status["status"] in ("RUNNING", "SUCCEEDED", "FAILED", "ABORTED")
        assert order.troubled or status["status"] != "ABORTED"
        assert len(status["recent_events"]) <= 10

    @rule(order=orders, status=st.sampled_from(STATUSES))
    def put(self, order: Order, status: str) -> None:
        order.learn(self.call(order, f"PUT {status}"))

    @rule(order=orders)
    def delete(self, order: Order) -> None:
        order.learn(self.call(order, "DELETE"))

    @rule(order=orders, calls=st.lists(some_calls, min_size=2, max_size=3))
    def call_at_once(self, order: Order, calls: list[str]) -> None:
        self.do_at_once(order, calls)

    @rule(order=orders, word=st.sampled_from(CALLS))
    def call_while_the_engine_is_mute(self, order: Order, word: str) -> None:
        """A call that has to ask the engine is a 500, and changes nothing."""
        self.shop.plan_aws("DescribeExecution", ERROR_500 | aimed_at(order.order_id))
        answer = self.send(order, word)
        self.shop.unplan_aws("DescribeExecution")
        if answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR:
            self.check_broken(answer)
        else:
            order.learn((word, self.heard(order, word, answer)))

    # The operator.

    @rule(target=held, items=some_items, state=st.sampled_from(TASKS))
    def create_and_hold(self, items: Items, state: str) -> Order:
        """The workflow stands still in the state, unless the order cannot get there."""
        customer, function = self.a_customer(), f"{state}Function"
        if self.shop.invocations("held").get(function, 0) >= MOST_HELD:
            self.let_go(state)
        if state == "FailOrder":
            self.plan(customer, [("PersistOrder", {"kind": "raise"})])
        self.plan(customer, [(state, {"kind": "hold"})])
        before = self.shop.invocations("held").get(function, 0)
        order = self.accept(self.post(items, customer), items, customer, troubled=True)
        order.held_in = state

        def stands_still() -> None:
            held = self.shop.invocations("held").get(function, 0) > before
            assert held or self.shop.status(order.order_id)["status"] != "RUNNING"

        eventually(stands_still)
        return order

    @rule(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def release(self, order: Order, calls: list[str]) -> Order:
        """While calls are made."""
        self.do_at_once(order, calls, lambda: self.let_go(str(order.held_in)))
        return order

    @rule(target=orders, order=consumes(held), calls=st.lists(some_calls, max_size=2))
    def abort_held(self, order: Order, calls: list[str]) -> Order:
        """While calls are made. Its task is held on, and will be late."""
        self.do_at_once(order, calls, lambda: self.shop.abort(order.order_id))
        return order

    @rule(order=orders)
    def abort(self, order: Order) -> None:
        """Wherever it is."""
        order.troubled = True
        self.shop.abort(order.order_id)

    @rule(state=st.sampled_from(TASKS))
    def let_go(self, state: str) -> None:
        """Who is held in the state, late or not."""
        self.shop.unplan(state)

    @rule(callers=st.integers(1, 2))
    def reconcile(self, callers: int) -> None:
        for outcomes in at_once([self.shop.reconcile] * callers):
            self.check_reconciled(outcomes)

    # The end of every example.

    def teardown(self) -> None:
        self.shop.clear_faults()
        for order in self.accepted:
            self.shop.end(order.order_id)
        self.shop.until_idle()
        outcomes = self.shop.reconcile()
        if sys.exception():
            return  # a step has failed, or Hypothesis has seen enough: only tidied up
        self.check_reconciled(outcomes)
        for order in self.accepted:
            self.check_order(order)
        for customer in self.turned_away:
            assert self.listed(customer) == []
        for product in self.products:
            self.check_stock(product)
        self.check_findings()

    def check_order(self, order: Order) -> None:
        order.settle()
        order.learn(self.call(order, "GET"), self.call(order, "LIST"))
        if order.may_be == {"failed"}:
            assert order.troubled or order.was_failed or self.could_be_short(order), (
                f"{order} failed for no reason"
            )

    def could_be_short(self, order: Order) -> bool:
        return any(self.ordered(product) > self.stocks[product] for product in order.items)

    def ordered(self, product: str) -> int:
        return sum(order.items.get(product, 0) for order in self.accepted)

    def check_stock(self, product: str) -> None:
        held = [order for order in self.accepted if order.may_be == {"processing"}]
        shipped = [order for order in self.accepted if order.has_shipped]
        gone = sum(order.items.get(product, 0) for order in held + shipped)
        assert self.shop.stock(self.products[product]) == self.stocks[product] - gone, (
            f"of {self.stocks[product]} {gone} are held by {held} or shipped by {shipped}"
        )

    def check_findings(self) -> None:
        subjects = {*self.products.values(), *(order.order_id for order in self.accepted)}
        assert [each for each in self.shop.findings() if each["subject"] in subjects] == []

    # How it is done.

    def a_customer(self) -> str:
        return f"{self.name} customer {len(self.accepted) + len(self.turned_away)}"

    def plan(self, customer: str, trouble: list[Trouble]) -> None:
        for name, fault in trouble:
            if name in TASKS:
                self.shop.plan(name, fault | {"where": {"customer_id": customer}})
            else:
                self.shop.plan_aws(name, fault | aimed_at(customer))

    def post(self, items: Items, customer: str, key: str | None = None) -> httpx.Response:
        lines = [a_line(self.products[name], quantity) for name, quantity in items.items()]
        headers = {"Idempotency-Key": f"{self.name} {key}"} if key else {}
        body = an_order(*lines, customer_id=customer)
        return self.shop.api.post("/orders", json=body, headers=headers)

    def created(self, answer: httpx.Response) -> str:
        assert told(answer) == (201, "Order created successfully")
        return str(answer.json()["order_id"])

    def accept(
        self, answer: httpx.Response, items: Items, customer: str, *, troubled: bool = False
    ) -> Order:
        return self.accepted_as(self.created(answer), items, customer, troubled=troubled)

    def accepted_as(
        self, order_id: str, items: Items, customer: str, *, troubled: bool = False
    ) -> Order:
        assert order_id not in {order.order_id for order in self.accepted}
        order = Order(order_id, customer, items, troubled)
        self.accepted.append(order)
        return order

    def listed(self, customer: str) -> list[Document]:
        answer = self.shop.api.get("/orders", params={"customer_id": customer})
        assert answer.status_code == HTTPStatus.OK, answer.text
        orders: list[Document] = answer.json()["orders"]
        assert len(orders) <= 1, f"two orders of {customer}: {orders}"
        return orders

    def only_order_of(self, customer: str) -> str:
        def look() -> str:
            (order,) = self.listed(customer) or [{}]
            assert order, f"the order of {customer} is lost"
            return str(order["order_id"])

        return eventually(look)

    def do_at_once(self, order: Order, words: list[str], *deeds: Callable[[], None]) -> None:
        calls = [word for word in words if word != "reconcile"]
        deeds = (*deeds, *[lambda: self.reconcile(1)] * (len(words) - len(calls)))
        together: list[Callable[[], Any]] = [
            *deeds,
            *(partial(self.call, order, word) for word in calls),
        ]
        order.learn(*at_once(together)[len(deeds) :])

    def call(self, order: Order, word: str) -> tuple[str, Answer]:
        return word, self.heard(order, word, self.send(order, word))

    def send(self, order: Order, word: str) -> httpx.Response:
        method, _, status = word.partition(" ")
        if method == "LIST":
            return self.shop.api.get("/orders", params={"customer_id": order.customer_id})
        url = f"/orders/{order.order_id}"
        return self.shop.api.request(method, url, json={"status": status} if status else None)

    def heard(self, order: Order, word: str, answer: httpx.Response) -> Answer:
        heard = told(answer)
        if heard == STILL_PROCESSING:
            assert int(answer.headers["Retry-After"]) > 0
        if word == "GET" and answer.status_code == HTTPStatus.OK:
            self.check_document(order, answer.json())
        return heard

    def check_document(self, order: Order, document: Document) -> None:
        items = {line["product_id"]: line["quantity"] for line in document["items"]}
        assert items == {self.products[name]: count for name, count in order.items.items()}
        assert document["customer_id"] == order.customer_id

    def check_reconciled(self, outcomes: dict[str, str]) -> None:
        ours = [outcomes.get(order.order_id) for order in self.accepted]
        assert "left" not in ours, outcomes

    def check_broken(self, answer: httpx.Response) -> None:
        assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
        assert answer.json().keys() == {"message", "error"}


def aimed_at(text: str) -> Document:
    """For faults of AWS: only requests that name this customer or order."""
    return {"where": {"contains": text}}


def told(answer: httpx.Response) -> Answer:
    """The HTTP status, and the order's status, or "no order" in a list, or the message."""
    document = answer.json()
    if "orders" in document:
        (order,) = document["orders"] or [{"status": "no order"}]
        return answer.status_code, order["status"]
    return answer.status_code, document.get("status") or document["message"]


@pytest.fixture(scope="module")
def own() -> Iterator[Shop]:
    """A stack of its own, so that faults and reconciler runs are all from here."""
    with a_running_stack("--faults", "--schedules", "0") as running:
        yield running


def test_no_interleaving_breaks_a_promise(own: Shop, pytestconfig: pytest.Config) -> None:
    everything = pytestconfig.getoption("--all")
    AnyInterleaving.shop = own
    run_state_machine_as_test(
        AnyInterleaving,
        settings=settings(
            max_examples=200 if everything else 8,
            stateful_step_count=30 if everything else 12,
            derandomize=not everything,  # what races is not repeated by repeating its script
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
