"""One example of the interleavings: products, customers and keys of its own on a shared stack."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

import httpx
import pytest

from tests.interleavings.possible import STILL_PROCESSING, Answer, Order
from tests.interleavings.troubles import TASKS, Trouble
from tests.running.builders import Document, a_line, an_order
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import TaskFailed, failing

Found = TypeVar("Found")
Items: TypeAlias = dict[str, int]
"""Quantities by name."""

OTHER_ORDER: Answer = (422, "Idempotency-Key was already used with a different order")


class Example:
    """Makes calls for the example's customers, and knows what must have come of them."""

    def __init__(self, shop: Shop, stocks: Items) -> None:
        """Put so many of each product into the shop."""
        self.shop, self.stocks = shop, stocks
        self.products = {name: shop.product(stock=stock) for name, stock in stocks.items()}
        self.name = uuid4().hex[:8]
        self.accepted: list[Order] = []
        self.by_key: dict[str, Order] = {}

    # Creating.

    def a_customer(self) -> str:
        return f"{self.name} customer {len(self.accepted):02}"

    def customer_with_key(self, key: str) -> str:
        return f"{self.name} customer {key}"

    def plan(self, customer: str, trouble: list[Trouble]) -> None:
        for name, fault in trouble:
            if name in TASKS:
                self.shop.plan(name, fault | {"where": {"customer_id": customer}})
            else:
                self.shop.plan_aws(name, fault | aimed_at(customer))

    @contextmanager
    def failing(self, operation: str, text: str, when: str = "before") -> Iterator[None]:
        """The engine's answers to this operation are 500s, when they are about this text."""
        fault = {"kind": "error", "when": when, "times": None}
        self.shop.plan_aws(operation, fault | aimed_at(text))
        yield
        self.shop.unplan_aws(operation)

    def post(self, items: Items, customer: str, key: str | None = None) -> httpx.Response:
        lines = [a_line(self.products[name], quantity) for name, quantity in items.items()]
        headers = {"Idempotency-Key": f"{self.name} {key}"} if key else {}
        body = an_order(*lines, customer_id=customer)
        return self.shop.api.post("/orders", json=body, headers=headers)

    def accept(
        self, answer: httpx.Response, items: Items, customer: str, *, troubled: bool = False
    ) -> Order:
        return self.accept_as(created(answer), items, customer, troubled=troubled)

    def accept_as(
        self, order_id: str, items: Items, customer: str, *, troubled: bool = False
    ) -> Order:
        assert order_id not in {order.order_id for order in self.accepted}
        order = Order(order_id, customer, items, troubled)
        self.accepted.append(order)
        return order

    def accept_one(
        self, wanted: list[Items], answers: list[httpx.Response], customer: str, *, troubled: bool
    ) -> Order:
        """The one that won the key."""
        codes = [answer.status_code for answer in answers]
        assert HTTPStatus.CREATED in codes, codes
        winner = codes.index(HTTPStatus.CREATED)
        return self.accept(answers[winner], wanted[winner], customer, troubled=troubled)

    def check_key(self, order: Order, wanted: list[Items], answers: list[httpx.Response]) -> None:
        """Who wanted the key's order has it, and nobody has another."""
        for items, answer in zip(wanted, answers, strict=True):
            if items == order.items:
                assert created(answer) == order.order_id
            else:
                assert told(answer) == OTHER_ORDER

    def impersonate(self, order: Order) -> None:
        """Walk another order through the tasks under the id of one that is there."""
        line = a_line(self.shop.product())
        other = an_order(line, customer_id="impostor") | {"order_id": order.order_id}
        priced = self.shop.invoke("CalculatePriceFunction", other)
        for state in ("CheckInventory", "PersistOrder"):
            with pytest.raises(TaskFailed, match="OrderAlreadySettled"):
                self.shop.invoke(f"{state}Function", priced)
        self.shop.invoke("FailOrderFunction", failing(priced))

    def listed(self, customer: str) -> list[Document]:
        answer = self.shop.api.get("/orders", params={"customer_id": customer})
        assert answer.status_code == HTTPStatus.OK, answer.text
        orders: list[Document] = answer.json()["orders"]
        assert len(orders) <= 1, f"two orders of {customer}: {orders}"
        return orders

    def only_order_of(self, customer: str) -> str:
        """The id of an order whose caller was not told it."""

        def look() -> str:
            (order,) = self.listed(customer) or [{}]
            assert order, f"the order of {customer} is lost"
            return str(order["order_id"])

        return eventually(look)

    # Calling.

    def call_at_once(
        self, order: Order, words: Sequence[str], *deeds: Callable[[], object]
    ) -> None:
        """Calls, reconciler runs (the word for it is "reconcile") and deeds, all together."""
        calls = [partial(self.call, order, word) for word in words if word != "reconcile"]
        runs = [self.reconcile] * (len(words) - len(calls))
        together: list[Callable[[], Any]] = [*calls, *runs, *deeds]
        order.learn(*at_once(together)[: len(calls)])

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

    def reconcile(self) -> None:
        """Nothing may be left for the next run, as the engine and the tables answer."""
        outcomes = self.shop.reconcile()
        ours = [outcomes.get(order.order_id) for order in self.accepted]
        assert "left" not in ours, outcomes

    # The end.

    def come_to_rest(self) -> None:
        """Let all workflows and late tasks end, and settle what they have left."""
        self.shop.clear_faults()
        for order in self.accepted:
            self.shop.end(order.order_id)
        self.shop.until_idle()
        self.reconcile()

    def check(self) -> None:
        """Every promise, on the whole example."""
        for order in self.accepted:
            order.settle()
            order.learn(self.call(order, "GET"), self.call(order, "LIST"))
            assert order.may_be != {"failed"} or self.could_fail(order), f"{order}: why?"
        for product in self.products:
            self.check_stock(product)
        self.check_findings()

    def could_fail(self, order: Order) -> bool:
        """Whether something was done to it, or there may have been too little."""
        short = any(self.ordered(name) > self.stocks[name] for name in order.items)
        return order.troubled or order.was_failed or short

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


def at_once(actions: Sequence[Callable[[], Found]]) -> list[Found]:
    """Do all of it at the same time; the results in the order given."""
    with ThreadPoolExecutor(len(actions)) as threads:
        return [each.result() for each in [threads.submit(action) for action in actions]]


def aimed_at(text: str) -> Document:
    """For faults of AWS: only requests that name this customer or order."""
    return {"where": {"contains": text}}


def created(answer: httpx.Response) -> str:
    """The id of an order that must have been accepted."""
    assert told(answer) == (201, "Order created successfully"), answer.text
    return str(answer.json()["order_id"])


def check_broken(answer: httpx.Response) -> None:
    """A 500 in the contract's words."""
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR, answer.text
    assert answer.json().keys() == {"message", "error"}


def told(answer: httpx.Response) -> Answer:
    """The HTTP status, and the order's status, or "no order" in a list, or the message."""
    document = answer.json()
    if "orders" in document:
        (order,) = document["orders"] or [{"status": "no order"}]
        return answer.status_code, order["status"]
    return answer.status_code, document.get("status") or document["message"]
