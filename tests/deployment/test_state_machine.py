"""The state machine's definition, its substitutions and what its role may invoke."""

from pathlib import Path

import pytest

from deployment import template
from deployment.errors import InvalidTemplate
from tests.deployment.small_template import TEXT, VALUES, read

F_ARN = "arn:aws:lambda:us-east-1:123456789012:function:F"
SUBSTITUTED = TEXT.replace(
    "machine.asl.json", "machine.asl.json, DefinitionSubstitutions: {Run: !GetAtt F.Arn}"
)


def with_statement(statement: str) -> str:
    """The small template, whose state machine's role has one statement."""
    policies = f"machine.asl.json, Policies: [{{Statement: [{{{statement}}}]}}]"
    return TEXT.replace("machine.asl.json", policies)


def test_substitutions_are_made_in_the_definition(tmp_path: Path) -> None:
    machine = read(tmp_path, SUBSTITUTED, '"${Run}"').state_machine

    assert machine.definition == f'"{F_ARN}"'
    assert machine.substitutions == {"Run": F_ARN}
    assert machine.arn.endswith(f":stateMachine:{machine.name}")


def test_a_missing_substitution_is_named_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match=r"has \$\{Walk\}.*: add Walk to DefinitionSubsti"):
        read(tmp_path, SUBSTITUTED, '"${Walk}"')


def test_a_missing_definition_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match=r"Cannot read .*none\.json"):
        read(tmp_path, TEXT.replace("machine.asl.json", "none.json"))


def test_whoever_gives_no_values_needs_no_definition(tmp_path: Path) -> None:
    (tmp_path / "template.yaml").write_text(SUBSTITUTED)

    machine = template.read(tmp_path / "template.yaml").state_machine

    assert machine.substitutions == {"Run": F_ARN}


@pytest.mark.parametrize(
    ("statement", "invocable"),
    [
        ("Effect: Allow, Action: lambda:InvokeFunction, Resource: !GetAtt F.Arn", {F_ARN}),
        ("Effect: Allow, Action: ['lambda:InvokeFunction'], Resource: [!GetAtt F.Arn]", {F_ARN}),
        ("Effect: Deny, Action: lambda:InvokeFunction, Resource: !GetAtt F.Arn", set()),
        ("Effect: Allow, Action: lambda:GetFunction, Resource: !GetAtt F.Arn", set()),
    ],
)
def test_the_role_may_invoke_what_its_statements_allow(
    tmp_path: Path, statement: str, invocable: set[str]
) -> None:
    assert read(tmp_path, with_statement(statement)).state_machine.invocable == invocable


def test_a_template_without_policies_allows_nothing(tmp_path: Path) -> None:
    assert read(tmp_path).state_machine.invocable == set()


def test_our_role_may_invoke_every_function_that_is_substituted() -> None:
    machine = template.read(template.TEMPLATE, VALUES | {"DbPassword": "secret"}).state_machine

    assert set(machine.substitutions.values()) == machine.invocable
    assert "${" not in machine.definition
