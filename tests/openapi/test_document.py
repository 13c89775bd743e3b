from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis

from deployment import template
from openapi.document import TARGET, document, rendered
from tests.local.small_stack import ROOT

DOCUMENT = document()


def test_the_committed_document_is_not_stale() -> None:
    assert TARGET.read_text("utf-8") == rendered(), "run scripts/render and commit docs/"


def test_it_is_an_openapi_document() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_it_has_the_templates_routes() -> None:
    values = {"DbHost": "/run/db", "DbName": "orders", "OrderBackupBucket": "backups"}
    routes = template.read(ROOT / "template.yaml", values).routes
    documented = {
        (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
    }
    assert documented == {(route.method, route.path) for route in routes}


def shown(node: Any, where: str = "#") -> Iterator[Any]:  # noqa: ANN401  # any JSON
    """Every example with the schema beside it."""
    if isinstance(node, dict):
        for name, example in node.get("examples", {}).items():
            yield pytest.param(node["schema"], example["value"], id=f"{where}/{name}")
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for name, child in entries:
        if isinstance(child, dict | list) and name != "examples":
            yield from shown(child, f"{where}/{name}")


@pytest.mark.parametrize(("schema", "value"), list(shown(DOCUMENT)))
def test_an_example_is_of_its_schema(schema: dict[str, Any], value: object) -> None:
    whole = {"components": DOCUMENT["components"], **schema}
    jsonschema_rs.Draft202012Validator(whole).validate(value)


def test_every_answer_has_an_example() -> None:
    answers = [
        answer
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        if "$ref" not in answer
    ]
    shared = DOCUMENT["components"]["responses"].values()
    for answer in (*answers, *shared):
        assert answer["content"]["application/json"]["examples"]
        assert answer["headers"]["x-request-id"]


def test_money_is_a_number_and_times_have_no_offset() -> None:
    order = DOCUMENT["components"]["schemas"]["OrderDetails"]
    check = jsonschema_rs.Draft202012Validator({"components": DOCUMENT["components"], **order})
    good = DOCUMENT["paths"]["/orders/{order_id}"]["get"]["responses"]["200"]
    good = good["content"]["application/json"]["examples"]["answer"]["value"]
    assert check.is_valid(good)
    assert not check.is_valid(good | {"total_amount": "150.75"})
    assert not check.is_valid(good | {"created_at": "2024-01-24T10:30:00Z"})


def test_who_is_told_to_wait_is_told_how_long() -> None:
    busy = DOCUMENT["paths"]["/orders/{order_id}"]["delete"]["responses"]["409"]
    assert busy["headers"]["Retry-After"]["schema"]["const"] == "5"
    assert "Retry-After" not in DOCUMENT["paths"]["/orders"]["post"]["responses"]["422"]["headers"]
