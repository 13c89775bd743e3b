import json
from pathlib import Path

import pytest

from deployment import template
from deployment.errors import InvalidTemplate
from deployment.schedules import Schedule
from deployment.template import Route, Template
from tests.local.small_stack import CLOUD, ROOT

VALUES = {
    "DbHost": "/run/db",
    "DbName": "orders",
    "DbUser": "me",
    "OrderBackupBucket": "backups",
}


def read(text: str, folder: Path) -> Template:
    path = folder / "template.yaml"
    path.write_text(text)
    (folder / "machine.asl.json").write_text("{}")
    return template.read(path, VALUES)


def test_functions_have_the_globals_and_their_own() -> None:
    functions = template.read(CLOUD / "template.yaml", VALUES).functions
    act, answer = functions["ActFunction"], functions["AnswerFunction"]
    assert (act.handler, act.timeout, act.memory) == ("cloud_functions.act", 1, 128)
    assert (answer.timeout, answer.memory) == (5, 512)
    assert act.arn == "arn:aws:lambda:us-east-1:123456789012:function:ActFunction"


def test_environments_are_resolved() -> None:
    functions = template.read(CLOUD / "template.yaml", VALUES).functions
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Machine"
    assert functions["EchoFunction"].environment == {
        "DB_HOST": "/run/db",
        "DB_SECRET_ARN": "",
        "S3_BUCKET": "backups",
        "STATE_MACHINE_ARN": machine,
    }
    assert functions["ActFunction"].environment["OWN"] == "of act"


def test_routes_binary_types_and_the_state_machine_are_read() -> None:
    read_from = template.read(CLOUD / "template.yaml", VALUES)
    assert Route("GET", "/things/{id}", "EchoFunction") in read_from.routes
    assert len(read_from.routes) == 6
    assert read_from.binary_types == ["application/octet-stream"]
    task = json.loads(read_from.state_machine.definition)["States"]["Act"]
    assert task["Parameters"]["FunctionName"] == read_from.functions["ActFunction"].arn
    assert read_from.state_machine.arn.endswith(":stateMachine:Machine")


def test_schedules_are_read_except_those_that_are_off() -> None:
    assert template.read(CLOUD / "template.yaml", VALUES).schedules == [
        Schedule("TickFunction", 3600, '{"a": 1}'),
        Schedule("TickFunction", 2 * 86400, None),
    ]


def scheduled(properties: str) -> str:
    event = f"Events: {{E: {{Type: Schedule, Properties: {{{properties}}}}}}}\n      Handler:"
    return TEXT.replace("VALUE", "v").replace("Handler:", event)


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(5 minutes)", 300), ("rate(1 hour)", 3600), ("rate(10 days)", 864000)],
)
def test_rates_are_in_seconds(tmp_path: Path, expression: str, seconds: float) -> None:
    text = scheduled(f"Schedule: {expression}")
    assert read(text, tmp_path).schedules == [Schedule("F", seconds, None)]


@pytest.mark.parametrize(
    "expression", ["cron(0 12 * * ? *)", "rate(0 minutes)", "rate(1 second)", "at(2026-11-22)"]
)
def test_a_schedule_that_is_no_rate_is_one_sentence(tmp_path: Path, expression: str) -> None:
    with pytest.raises(InvalidTemplate, match="only rate") as failure:
        read(scheduled(f"Schedule: '{expression}'"), tmp_path)
    assert expression in str(failure.value)


def test_an_input_that_is_no_json_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match="is not a template"):
        read(scheduled("Schedule: rate(1 hour), Input: '{'"), tmp_path)


def test_the_projects_own_template_can_be_read() -> None:
    own = template.read(ROOT / "template.yaml", VALUES | {"DbPassword": "secret"})
    assert {route.function for route in own.routes} < set(own.functions)
    assert "${" not in own.state_machine.definition
    assert own.functions["CreateOrderFunction"].environment["S3_BUCKET"] == "backups"


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("!Ref DbHost", "/run/db"),
        ("!Ref Given", "by default"),
        ("!Sub '${Given}/${AWS::Region}/${!kept}'", "by default/us-east-1/${kept}"),
        ("!Sub ['${here}', {here: !Ref DbHost}]", "/run/db"),
        ("!Sub '${OrderBackupBucket.Arn}'", "arn:aws:s3:::backups"),
        ("!Join ['-', [a, !Ref Given]]", "a-by default"),
        ("!If [IsSet, this, that]", "this"),
        ("!If [IsBoth, this, that]", "that"),
    ],
)
def test_expressions_are_evaluated(tmp_path: Path, value: str, resolved: str) -> None:
    assert read(TEXT.replace("VALUE", value), tmp_path).functions["F"].environment["V"] == resolved


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        ("!ImportValue Else", "uses Fn::ImportValue"),
        ("!Ref Nothing", "Nothing, which has no local value"),
        ("!GetAtt OrderBackupBucket.DomainName", "OrderBackupBucket.DomainName"),
        ("!GetAtt Nothing.Arn", "ARN of Nothing"),
    ],
)
def test_what_cannot_be_evaluated_is_named(tmp_path: Path, value: str, complaint: str) -> None:
    with pytest.raises(InvalidTemplate, match=complaint):
        read(TEXT.replace("VALUE", value), tmp_path)


@pytest.mark.parametrize("text", ["", "[]", "Resources: {F: {}}", "a: b: c", "Resources: {}"])
def test_what_is_no_template_is_one_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidTemplate, match="is not a template"):
        read(text, tmp_path)


def test_a_missing_template_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match="Cannot read"):
        template.read(tmp_path / "none.yaml", {})


TEXT = """
Parameters: {DbHost: {Type: String}, Given: {Type: String, Default: by default}}
Conditions:
  IsSet: !Not [!Equals [!Ref Given, ""]]
  IsBoth: !And [!Condition IsSet, !Equals [!Ref Given, other]]
Resources:
  OrderBackupBucket: {Type: AWS::S3::Bucket}
  F:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      Environment: {Variables: {V: VALUE}}
  M: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.asl.json}}
"""
