"""A part of template.yaml that is missing or of a wrong type is named, with its resource."""

from pathlib import Path

import pytest

from deployment.errors import InvalidTemplate
from tests.deployment.small_template import TEXT, read

HANDLER = "Handler: a.b\n"
VARIABLES = "Environment: {Variables: {V: VALUE}}"
MACHINE = "Properties: {DefinitionUri: machine.asl.json}"
ROUTE = "{Type: Api, Properties: {Path: /x}}"
SCHEDULE = "{Type: Schedule, Properties: {Input: '{}'}}"
NO_JSON = "{Type: Schedule, Properties: {Schedule: rate(1 day), Input: '{a'}}"
POLICY = "\n  P: {Type: AWS::IAM::Policy, Properties: {Roles: [!Ref FRole]}}"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (TEXT, "", "it must be a mapping"),
        (TEXT, "[]", "it must be a mapping"),
        (TEXT, "{}", "Resources is missing"),
        (TEXT, "Resources:", "Resources must be a mapping"),
        (TEXT, "Resources: {F: {}}", "Resources.F.Type is missing"),
        (TEXT, "Resources: {F: []}", "Resources.F must be a mapping"),
        (TEXT, "Resources: {}", "must have one AWS::Serverless::StateMachine, and has none"),
        (TEXT, "a: b: c", "line 1: mapping values are not allowed"),
        ("Conditions:", "Globals:\nConditions:", "Globals must be a mapping"),
        ("  M:\n", "  F:\n", "line 13: F is there twice: remove or rename one"),
        (HANDLER, "Timeout: 3\n", "F: Handler is missing"),
        (HANDLER, "Handler: [a.b]\n", "F: Handler must be a text"),
        (HANDLER, HANDLER + "      Timeout: ten\n", "F: Timeout must be a number or an expr"),
        (HANDLER, HANDLER + "      Timeout:\n", "F: Timeout must be a number or an expression"),
        (HANDLER, HANDLER + "      MemorySize: 1 GB\n", "F: MemorySize must be a number"),
        (
            HANDLER,
            HANDLER + "      ReservedConcurrentExecutions: no\n",
            "F: ReservedConcurrentExecutions must be a number",
        ),
        (HANDLER, HANDLER + "      VpcConfig: [a]\n", "F: VpcConfig must be a mapping or an expr"),
        (HANDLER, HANDLER + "      Events:\n", "F: Events must be a mapping"),
        (HANDLER, f"{HANDLER}      Events: {{R: {ROUTE}}}\n", "F: Events.R lacks Method"),
        (HANDLER, f"{HANDLER}      Events: {{R: {SCHEDULE}}}\n", "F: Events.R lacks Schedule"),
        (HANDLER, f"{HANDLER}      Events: {{R: {NO_JSON}}}\n", "F has a schedule whose Input is"),
        (VARIABLES, "Environment:", "F: Environment must be a mapping"),
        (VARIABLES, "Environment: {Variables: [V]}", "F: Environment.Variables must be a mapping"),
        ("VALUE", "!If [IsSet, a]", "has Fn::If with ['IsSet', 'a'], which cannot be evaluated"),
        ("VALUE", "!GetAtt M", "has Fn::GetAtt with ['M'], which cannot be evaluated"),
        ("VALUE", "!If [IsSets, a, b]", "has no condition IsSets: add it, or correct it"),
        (MACHINE, "", "M: DefinitionUri is missing"),
        (
            MACHINE,
            "Properties: {DefinitionUri: x, DefinitionSubstitutions: {F: 12}}",
            "M: DefinitionSubstitutions.F must be a text or an expression",
        ),
        (MACHINE, MACHINE + POLICY, "P: PolicyDocument is missing"),
        (HANDLER, HANDLER + "      Policies: {Statement: all}\n", "F has the Statement all, which"),
        (
            HANDLER,
            HANDLER + "      Policies: {Statement: {Effect: Allow, Condition: never}}\n",
            "of F has a Condition that is no mapping: never",
        ),
    ],
)
def test_a_wrong_part_is_named(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    assert old in TEXT

    with pytest.raises(InvalidTemplate) as refusal:
        read(tmp_path, TEXT.replace(old, new, 1))

    assert complaint in str(refusal.value)
