"""Functions and routes, and files that are no template."""

from pathlib import Path

import pytest

from deployment import cloudformation, template
from deployment.errors import InvalidTemplate
from deployment.template import Route
from tests.deployment.small_template import VALUES
from tests.local.small_stack import CLOUD

SMALL_CLOUD = template.read(CLOUD / "template.yaml", VALUES)


def test_a_function_has_the_globals_and_its_own_properties() -> None:
    act, answer = SMALL_CLOUD.functions["ActFunction"], SMALL_CLOUD.functions["AnswerFunction"]

    assert (act.handler, act.timeout, act.memory) == ("cloud_functions.act", 1, 128)
    assert (answer.timeout, answer.memory) == (5, 512)
    assert act.arn == "arn:aws:lambda:us-east-1:123456789012:function:ActFunction"


def test_an_environment_is_resolved() -> None:
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Machine"

    assert SMALL_CLOUD.functions["EchoFunction"].environment == {
        "DB_HOST": "/run/db",
        "DB_SECRET_ARN": "",
        "S3_BUCKET": "backups",
        "STATE_MACHINE_ARN": machine,
    }
    assert SMALL_CLOUD.functions["ActFunction"].environment["OWN"] == "of act"


def test_routes_and_binary_types_are_read() -> None:
    assert Route("GET", "/things/{id}", "EchoFunction") in SMALL_CLOUD.routes
    assert len(SMALL_CLOUD.routes) == 6
    assert SMALL_CLOUD.binary_types == ["application/octet-stream"]


def test_our_template_is_read() -> None:
    own = template.read(template.TEMPLATE, VALUES | {"DbPassword": "secret"})

    assert {route.function for route in own.routes} < set(own.functions)
    assert own.functions["CreateOrderFunction"].environment["S3_BUCKET"] == "backups"


def test_each_of_our_functions_is_called_through_an_alias() -> None:
    document = cloudformation.load(template.TEMPLATE.read_text("utf-8"))

    assert document["Globals"]["Function"]["AutoPublishAlias"] == "live"
    assert document["Globals"]["Function"]["AutoPublishAliasAllProperties"] is True
    for resource in document["Resources"].values():
        assert not resource.get("Properties", {}).keys() & {"AutoPublishAlias"}


def test_without_values_a_parameter_is_its_own_name() -> None:
    environment = template.read().functions["CreateOrderFunction"].environment

    assert (environment["DB_NAME"], environment["DB_PORT"]) == ("DbName", "5432")


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match="Cannot read"):
        template.read(tmp_path / "none.yaml", {})
