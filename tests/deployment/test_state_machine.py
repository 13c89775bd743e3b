"""The state machine's definition, its substitutions and its role."""

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
    machine = read(tmp_path, SUBSTITUTED, '"${Walk}"').state_machine

    with pytest.raises(InvalidTemplate, match=r"has \$\{Walk\}.*: add Walk to DefinitionSubsti"):
        _ = machine.definition


def test_only_whoever_needs_the_definition_misses_it(tmp_path: Path) -> None:
    machine = read(tmp_path, SUBSTITUTED.replace("machine.asl.json", "none.json")).state_machine

    assert machine.substitutions == {"Run": F_ARN}
    with pytest.raises(InvalidTemplate, match=r"Cannot read .*none\.json"):
        _ = machine.definition


@pytest.mark.parametrize(
    ("resource", "versions"),
    [("!GetAtt F.Arn", [""]), ("!Sub '${F.Arn}:*'", [":1", ":live"])],
)
def test_the_machine_may_invoke_what_its_role_allows(
    tmp_path: Path, resource: str, versions: list[str]
) -> None:
    statement = f"Effect: Allow, Action: lambda:InvokeFunction, Resource: {resource}"

    machine = read(tmp_path, with_statement(statement)).state_machine

    may_invoke = [version for version in ("", ":1", ":live") if machine.may_invoke(F_ARN + version)]
    assert may_invoke == versions


def test_a_machine_without_policies_may_invoke_nothing(tmp_path: Path) -> None:
    assert not read(tmp_path).state_machine.may_invoke(F_ARN)


def test_our_definition_calls_versions_and_our_role_may_invoke_all_of_them() -> None:
    own = template.read(template.TEMPLATE, VALUES | {"DbPassword": "secret"}, version=3)
    machine = own.state_machine

    unversioned = [arn.removesuffix(":3") for arn in machine.substitutions.values()]
    assert all(machine.may_invoke(f"{arn}:{version}") for arn in unversioned for version in (1, 3))
    assert not any(map(machine.may_invoke, unversioned))
    assert "${" not in machine.definition
    assert f"{own.functions['FailOrderFunction'].arn}:3" in machine.definition
