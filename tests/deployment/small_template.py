"""A template with one function and one state machine, for what a test changes in it."""

from pathlib import Path

from deployment import template
from deployment.template import Template

VALUES = {
    "DbHost": "/run/db",
    "DbName": "orders",
    "DbUser": "me",
    "DbPassword": "s3cret",
    "OrderBackupBucket": "backups",
}
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
  M:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: machine.asl.json}
"""


def read(folder: Path, text: str = TEXT, definition: str = "{}", version: int = 1) -> Template:
    """Read this template, with this definition of the state machine, with VALUES."""
    path = folder / "template.yaml"
    path.write_text(text)
    (folder / "machine.asl.json").write_text(definition)
    return template.read(path, VALUES, version)
