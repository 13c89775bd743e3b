"""One Hypothesis example, with its own products, customers and keys on a shared stack."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any, TypeAlias, TypeVar
from uuid import uuid4

import httpx
import pytest

from tests.interleavings.expected_states import NOT_STORED_YET, STILL_PROCESSING, Answer, Order
from tests.interleavings.planned_faults import PlannedFault
from tests.running.builders import Document, a_line, an_order
from tests.running.definition import TASKS
from tests.running.shop import Shop
from tests.running.waiting import eventually
from tests.running.walking import TaskFailed, failing

Found = TypeVar("Found")
Items: TypeAlias = dict[str, int]
"""Quantities by the product's name."""

OTHER_ORDER: Answer = (422, "Idempotency-Key was already used with a different order")


class Example:
    """Makes calls for the example's customers, and checks their answers and effects."""

    def __init__(self, shop: Shop, stocks: Items) -> None:
        """Add the example's own products to the shop, with these stocks."""
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

    def plan(self, customer: str, faults: list[PlannedFault]) -> None:
        for name, fault in faults:
            if name in TASKS:
                self.shop.plan(name, fault | {"where": {"customer_id": customer}})
            else:
                self.shop.plan_aws(name, fault | aimed_at(customer))

    @contextmanager
    def failing(self, operation: str, text: str, when: str = "before") -> Iterator[None]:
        """Let the operation answer 500 to requests that contain this text."""
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
        self, answer: httpx.Response, items: Items, customer: str, *, faulted: bool = False
    ) -> Order:
        return self.accept_as(created(answer), items, customer, faulted=faulted)

    def accept_as(
        self, order_id: str, items: Items, customer: str, *, faulted: bool = False
    ) -> Order:
        assert order_id not in {order.order_id for order in self.accepted}
        order = Order(order_id, customer, items, faulted)
        self.accepted.append(order)
        return order

    def accept_one(
        self, wanted: list[Items], answers: list[httpx.Response], customer: str, *, faulted: bool
    ) -> Order:
        """The order that was created under the key."""
        codes = [answer.status_code for answer in answers]
        assert HTTPStatus.CREATED in codes, codes
        winner = codes.index(HTTPStatus.CREATED)
        return self.accept(answers[winner], wanted[winner], customer, faulted=faulted)

    def check_key(self, order: Order, wanted: list[Items], answers: list[httpx.Response]) -> None:
        """Callers that sent the key's order got it, and the others were refused."""
        for items, answer in zip(wanted, answers, strict=True):
            if items == order.items:
                assert created(answer) == order.order_id
            else:
                assert summary(answer) == OTHER_ORDER

    def impersonate(self, order: Order) -> None:
        """Run another order through the tasks under the id of an order that exists."""
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
        """The id of the customer's only order, whose POST did not return it."""

        def look() -> str:
            (order,) = self.listed(customer) or [{}]
            assert order, f"the order of {customer} is lost"
            return str(order["order_id"])

        return eventually(look)

    # Calling.

    def call_concurrently(
        self, order: Order, words: Sequence[str], *actions: Callable[[], object]
    ) -> None:
        """Make calls, run the reconciler ("reconcile") and do the actions, all at the same time."""
        calls = [partial(self.call, order, word) for word in words if word != "reconcile"]
        runs = [self.reconcile] * (len(words) - len(calls))
        together: list[Callable[[], Any]] = [*calls, *runs, *actions]
        order.observe(*concurrently(together)[: len(calls)])

    def call(self, order: Order, word: str) -> tuple[str, Answer]:
        return word, self.answer_to(order, word, self.send(order, word))

    def send(self, order: Order, word: str) -> httpx.Response:
        method, _, status = word.partition(" ")
        if method == "LIST":
            return self.shop.api.get("/orders", params={"customer_id": order.customer_id})
        url = f"/orders/{order.order_id}"
        return self.shop.api.request(method, url, json={"status": status} if status else None)

    def answer_to(self, order: Order, word: str, answer: httpx.Response) -> Answer:
        answered = summary(answer)
        if answered in (NOT_STORED_YET, STILL_PROCESSING):
            assert int(answer.headers["Retry-After"]) > 0
        if word == "GET" and answer.status_code == HTTPStatus.OK:
            self.check_document(order, answer.json())
        return answered

    def check_document(self, order: Order, document: Document) -> None:
        items = {line["product_id"]: line["quantity"] for line in document["items"]}
        assert items == {self.products[name]: count for name, count in order.items.items()}
        assert document["customer_id"] == order.customer_id

    def reconcile(self) -> None:
        """Run the reconciler; it must leave no order for its next run."""
        outcomes = self.shop.reconcile()
        ours = [outcomes.get(order.order_id) for order in self.accepted]
        assert "left" not in ours, outcomes

    # The end.

    def finish(self) -> None:
        """Let all workflows and late tasks end, then run the reconciler."""
        self.shop.clear_faults()
        for order in self.accepted:
            self.shop.end(order.order_id)
        self.shop.until_idle()
        self.reconcile()

    def check(self) -> None:
        """Check every promise of the contract on the whole example."""
        for order in self.accepted:
            order.settle()
            order.observe(self.call(order, "GET"), self.call(order, "LIST"))
            explained = order.possible != {"failed"} or self.could_fail(order)
            assert explained, f"{order} failed without a cause"
        for product in self.products:
            self.check_stock(product)
        self.check_findings()

    def could_fail(self, order: Order) -> bool:
        """Whether a fault, a caller or too little stock can have failed the order."""
        short = any(self.ordered(name) > self.stocks[name] for name in order.items)
        return order.faulted or order.was_failed or short

    def ordered(self, product: str) -> int:
        return sum(order.items.get(product, 0) for order in self.accepted)

    def check_stock(self, product: str) -> None:
        held = [order for order in self.accepted if order.possible == {"processing"}]
        shipped = [order for order in self.accepted if order.has_shipped]
        gone = sum(order.items.get(product, 0) for order in held + shipped)
        assert self.shop.stock(self.products[product]) == self.stocks[product] - gone, (
            f"{self.stocks[product]} in stock, {gone} held by {held} or shipped by {shipped}"
        )

    def check_findings(self) -> None:
        subjects = {*self.products.values(), *(order.order_id for order in self.accepted)}
        assert [each for each in self.shop.findings() if each["subject"] in subjects] == []


def concurrently(actions: Sequence[Callable[[], Found]]) -> list[Found]:
    """Do all actions at the same time; returns their results in the given order."""
    with ThreadPoolExecutor(len(actions)) as threads:
        return [each.result() for each in [threads.submit(action) for action in actions]]


def aimed_at(text: str) -> Document:
    """Limit a fault of AWS to requests that name this customer or order."""
    return {"where": {"contains": text}}


def created(answer: httpx.Response) -> str:
    """The id of the order, which must have been accepted."""
    assert summary(answer) == (201, "Order created successfully"), answer.text
    return str(answer.json()["order_id"])


def check_unavailable(answer: httpx.Response) -> None:
    """The answer must be a 503 with the contract's fields, which asks for another try."""
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE, answer.text
    assert "retry-after" in answer.headers
    assert answer.json().keys() == {"message", "error"}


def summary(answer: httpx.Response) -> Answer:
    """The HTTP status, with the order's status, "no order" for an empty list, or the message."""
    document = answer.json()
    if "orders" in document:
        (order,) = document["orders"] or [{"status": "no order"}]
        return answer.status_code, order["status"]
    return answer.status_code, document.get("status") or document["message"]
