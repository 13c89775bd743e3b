"""Every function can run, and is led to what belongs to its stack."""

from copy import deepcopy
from typing import Any

import pytest

from orders.settings import Settings
from tests.workflows.rules.templates import (
    TEMPLATE,
    Change,
    Document,
    assert_found,
    findings,
    properties,
)
from workflows.rules.template import VARIABLES, template_findings

FUNCTION = "GetOrderFunction"
MACHINE_NAME = "OrderProcessingStateMachine"


def with_property(owner: str, name: str, value: Any) -> Change:  # noqa: ANN401  # YAML
    def change(resources: Document) -> None:
        properties(resources, owner)[name] = value

    return change


def with_variable(name: str, value: Any) -> Change:  # noqa: ANN401  # YAML
    """Give the function a variable of its own, in place of the globals'."""
    return with_property(FUNCTION, "Environment", {"Variables": {name: value}})


def test_a_machine_that_is_not_standard_is_named() -> None:
    assert_found(
        with_property(MACHINE_NAME, "Type", "EXPRESS"), "The state machine's Type is EXPRESS, which"
    )


def test_a_machine_without_a_name_is_named() -> None:
    assert_found(
        lambda resources: properties(resources, MACHINE_NAME).pop("Name"),
        "The state machine has no Name, so CloudFormation makes one up",
    )


def test_a_machine_of_another_name_is_one_that_no_function_finds() -> None:
    (found,) = findings(with_property(MACHINE_NAME, "Name", "Another"))

    assert found.startswith("Every function has arn:")
    assert "as its STATE_MACHINE_ARN: make that arn:" in found


def test_a_machine_with_another_definition_than_the_rendered_one_is_named() -> None:
    assert_found(
        with_property(MACHINE_NAME, "DefinitionUri", "asl/order.asl.json"),
        "The state machine's DefinitionUri is ",
    )


def test_a_function_without_concurrency_is_named() -> None:
    assert findings(with_property(FUNCTION, "ReservedConcurrentExecutions", 5)) == []
    assert_found(
        with_property(FUNCTION, "ReservedConcurrentExecutions", 0),
        f"{FUNCTION} has ReservedConcurrentExecutions 0, so Lambda refuses every invocation",
    )


@pytest.mark.parametrize("handler", ["api_handlers.no_such.handler", "orders.model.merged"])
def test_a_handler_that_is_none_is_named(handler: str) -> None:
    found = findings(with_property(FUNCTION, "Handler", handler))

    assert found[0].startswith(f"{FUNCTION} has the Handler {handler}, which is no handler")


@pytest.mark.parametrize("name", [*VARIABLES, "STATE_MACHINE_ARN"])
@pytest.mark.parametrize("value", ["", "another"])
def test_a_variable_that_is_missing_or_means_something_else_is_named(name: str, value: str) -> None:
    found = findings(with_variable(name, value))

    assert found[0].startswith(f"{FUNCTION} has {value or 'nothing'} as its {name}: make")


def test_a_variable_that_names_another_parameter_is_named() -> None:
    assert_found(
        with_variable("DB_HOST", {"Ref": "DbName"}),
        f"{FUNCTION} has orders as its DB_HOST: make that database.internal",
    )


def test_a_setting_that_no_rule_knows_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Longer(Settings):
        queue_url: str

    monkeypatch.setattr("workflows.rules.connections.Settings", Longer)
    assert_found(
        lambda _: None,
        "Every function has no right QUEUE_URL (Field required): correct its Environment.",
    )


@pytest.mark.parametrize("name", ["SubnetIds", "SecurityGroupIds"])
def test_a_function_that_cannot_reach_the_database_is_named(name: str) -> None:
    document = deepcopy(TEMPLATE)
    _, in_vpc, _ = document["Globals"]["Function"]["VpcConfig"]["Fn::If"]
    del in_vpc[name]

    found = template_findings(document)

    assert f"{FUNCTION} uses the database, and its VpcConfig lacks {name}" in "\n".join(found)
    assert not [each for each in found if each.startswith("BackUpOrderFunction ")]
