"""docs/openapi.json: valid, complete, and with examples that fit."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from deployment import template
from openapi.document import TARGET, document, rendered

DOCUMENT = document()


def test_the_committed_document_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit docs/"


def test_it_is_a_valid_openapi_document() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_it_has_the_templates_routes() -> None:
    documented = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert documented == {(route.method, route.path) for route in template.read().routes}


def examples(node: Any, where: str = "#") -> Iterator[Any]:  # noqa: ANN401  # any JSON
    """Every example with its schema."""
    if isinstance(node, dict):
        for name, example in node.get("examples", {}).items():
            yield pytest.param(node["schema"], example["value"], id=f"{where}/{name}")
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in entries:
        if isinstance(child, dict | list) and name != "examples":
            yield from examples(child, f"{where}/{name}")


@pytest.mark.parametrize(("schema", "value"), list(examples(DOCUMENT)))
def test_an_example_fits_its_schema(schema: dict[str, Any], value: object) -> None:
    whole = {"components": DOCUMENT["components"], **schema}
    jsonschema_rs.Draft202012Validator(whole).validate(value)


def test_every_response_has_an_example_and_the_request_id() -> None:
    responses = [
        response
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for response in operation["responses"].values()
        if "$ref" not in response
    ]
    shared = DOCUMENT["components"]["responses"].values()
    for response in (*responses, *shared):
        assert response["content"]["application/json"]["examples"]
        assert response["headers"]["x-request-id"]


def test_money_is_a_number_and_times_have_no_offset() -> None:
    schema = DOCUMENT["components"]["schemas"]["OrderDetails"]
    check = jsonschema_rs.Draft202012Validator({"components": DOCUMENT["components"], **schema})
    response = DOCUMENT["paths"]["/orders/{order_id}"]["get"]["responses"]["200"]
    order = response["content"]["application/json"]["examples"]["answer"]["value"]

    assert check.is_valid(order)
    assert not check.is_valid(order | {"total_amount": "150.75"})
    assert not check.is_valid(order | {"created_at": "2024-01-24T10:30:00Z"})


def test_only_a_busy_order_says_when_to_retry() -> None:
    busy = DOCUMENT["paths"]["/orders/{order_id}"]["delete"]["responses"]["409"]
    assert busy["headers"]["Retry-After"]["schema"]["const"] == "5"
    assert "Retry-After" not in DOCUMENT["paths"]["/orders"]["post"]["responses"]["422"]["headers"]
