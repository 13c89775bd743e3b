"""Every answer to generated requests is one that docs/openapi.json documents.

schemathesis generates valid and invalid requests. Their number comes from the Hypothesis profile
(tests/conftest.py), and is at least 10,000 with `--all`.
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
from tests.running.shop import Shop
from tests.running.stacks import a_running_stack

CONFIG = SchemathesisConfig.from_dict(
    {
        "generation": {
            "deterministic": True,
            "database": "none",
            "allow-extra-parameters": False,  # unknown parameters are ignored, not refused
            "with-security-parameters": False,  # else most errors are a missing key
        },
        "operations": [
            {
                "include-operation-id": "createOrder",
                # 422: another generated order has already used the Idempotency-Key.
                "checks": {"positive_data_acceptance": {"expected-statuses": ["201", "422"]}},
            }
        ],
    }
)
Case: TypeAlias = schemathesis.Case[Any]
api = schemathesis.openapi.from_path(TARGET, config=CONFIG)


@api.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:  # noqa: ANN401  # any JSON
    """Leave out `2.0`: an integer in JSON Schema, which cannot express that the API refuses it."""
    items = body.get("items") if isinstance(body, dict) else None
    lines = (line for line in items if isinstance(line, dict)) if isinstance(items, list) else ()
    quantities = (line.get("quantity") for line in lines)
    return not any(isinstance(one, float) and one.is_integer() for one in quantities)


@pytest.fixture(scope="module")
def shop(starts_a_stack: None) -> Iterator[Shop]:
    """A stack of its own: these requests take the sample products' stock, and fill lists."""
    with a_running_stack("--faults") as running:
        yield running


@pytest.fixture(scope="module")
def counts(pytestconfig: pytest.Config) -> Iterator[Counter[str]]:
    """The numbers of requests, by operation and status."""
    counted: Counter[str] = Counter()
    yield counted
    if pytestconfig.getoption("--all"):
        assert counted.total() >= 10_000, counted


@pytest.fixture(scope="module")
def address(shop: Shop) -> dict[str, Any]:
    """The arguments with which a case is sent to the stack."""
    return {
        "base_url": shop.description["api_url"],
        "headers": {"x-api-key": shop.description["api_key"]},
    }


@api.parametrize()
def test_an_answer_is_in_the_document(
    case: Case, shop: Shop, address: dict[str, Any], counts: Counter[str]
) -> None:
    store(shop, str(case.path_parameters.get("order_id")))
    answer = case.call_and_validate(**address)
    counts[f"{case.operation.label} {answer.status_code}"] += 1


def store(shop: Shop, order_id: str) -> None:
    """Store an order, of any status, for two ids of three; always for the same ones."""
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
    address: dict[str, Any], counts: Counter[str]
) -> None:
    class Customer(api.as_state_machine()):  # type: ignore[misc]  # a class made at run time
        """Follows the OpenAPI document's links from a new order to the routes that use its id."""

        def get_call_kwargs(self, case: Case) -> dict[str, Any]:  # as in its base class
            return address

        def after_call(self, response: schemathesis.Response, case: Case) -> None:
            counts[f"{case.operation.label} {response.status_code}, linked"] += 1

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
