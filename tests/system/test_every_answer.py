"""Whatever is sent, the answer is one that docs/openapi.json promises.

schemathesis makes the requests, right and wrong ones; the number of them comes from the
Hypothesis profile (tests/conftest.py), and is at least 10,000 with `--all`.
"""

import re
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest
import schemathesis
from hypothesis import settings
from schemathesis.config import SchemathesisConfig

from openapi.document import TARGET
from orders.model import OrderStatus
from tests.conftest import a_running_stack
from tests.running.shop import Shop

CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {
            "deterministic": True,
            "database": "none",
            "allow-extra-parameters": False,  # unknown parameters are ignored, not refused
            "with-security-parameters": False,  # or half of what is wrong would just lack the key
        },
        "operations": [
            {
                "include-operation-id": "createOrder",
                # A key that was used before, by another generated order.
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "422"]}},
            }
        ],
    }
)
Case: TypeAlias = schemathesis.Case[Any]
api = schemathesis.openapi.from_path(TARGET, config=CONFIG)


@api.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:  # noqa: ANN401  # any JSON
    """To JSON Schema `2.0` is a whole number; the contract refuses it, and it cannot be told."""
    items = body.get("items") if isinstance(body, dict) else None
    lines = (line for line in items if isinstance(line, dict)) if isinstance(items, list) else ()
    quantities = (line.get("quantity") for line in lines)
    return not any(isinstance(one, float) and one.is_integer() for one in quantities)


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """A stack of its own: what is sent here takes the sample products' stock, and fills lists."""
    with a_running_stack("--faults") as running:
        yield running


@pytest.fixture(scope="module")
def sent(pytestconfig: pytest.Config) -> Iterator[Counter[str]]:
    """Requests by operation and status."""
    counted: Counter[str] = Counter()
    yield counted
    if pytestconfig.getoption("--all"):
        assert counted.total() >= 10_000, counted


@pytest.fixture(scope="module")
def door(shop: Shop) -> dict[str, Any]:
    """How a case reaches the stack."""
    return {
        "base_url": shop.description["api_url"],
        "headers": {"x-api-key": shop.description["api_key"]},
    }


@api.parametrize()
def test_an_answer_is_in_the_document(
    case: Case, shop: Shop, door: dict[str, Any], sent: Counter[str]
) -> None:
    store(shop, str(case.path_parameters.get("order_id")))
    answer = case.call_and_validate(**door)
    sent[f"{case.operation.label} {answer.status_code}"] += 1


def store(shop: Shop, order_id: str) -> None:
    """Let two of three ids belong to an order, of any status; always the same ones."""
    number = zlib.crc32(order_id.encode("utf-8", "surrogatepass"))
    if number % 3 and re.fullmatch("[A-Za-z0-9-]{1,36}", order_id):
        shop.rows(
            """
            WITH stored AS (
                INSERT INTO orders (order_id, customer_id, total_amount, status)
                VALUES (:id, 'GENERATED', 20.50, :status)
                ON CONFLICT DO NOTHING RETURNING order_id
            )
            INSERT INTO order_items SELECT order_id, 'PROD001', 2, 10.25 FROM stored
            """,
            id=order_id,
            status=list(OrderStatus)[number % len(OrderStatus)],
        )


def test_what_is_created_can_be_read_changed_and_deleted(
    door: dict[str, Any], sent: Counter[str]
) -> None:
    class Customer(api.as_state_machine()):  # type: ignore[misc]  # a class made at run time
        """Follows the document's links, from a new order to wherever its id leads."""

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:  # its signature
            return door

        def after_call(self, response: schemathesis.Response, case: Case) -> None:
            sent[f"{case.operation.label} {response.status_code}, linked"] += 1

    Customer.run(
        settings=settings(max_examples=settings().max_examples // 5, stateful_step_count=6)
    )


def test_a_body_that_is_too_long_is_answered_as_documented(shop: Shop) -> None:
    answer = shop.api.post("/orders", content=b" " * (10 * 2**20 + 1))

    assert answer.status_code == 413
    api["/orders"]["POST"].validate_response(answer)


def test_a_function_that_dies_is_answered_as_documented(shop: Shop) -> None:
    with shop.failing(ListOrders=[{"kind": "kill"}]):
        answer = shop.api.get("/orders")

    assert answer.status_code == 502
    api["/orders"]["GET"].validate_response(answer)
