"""Step Functions Local's mock format, as closed models.

https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel


class Part(BaseModel):
    """A part of the file, closed, its fields as they are called there."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Thrown(Part):
    """A try that fails."""

    Error: str
    Cause: str


class Response(Part):
    """Of one try or of several alike; lambda:invoke puts the function's answer into Payload."""

    Return: RootModel[dict[str, Any]] | None = None
    Throw: Thrown | None = None


class Cases(Part):
    """By case and state, the name of the responses."""

    TestCases: dict[str, RootModel[dict[str, str]]]


class MockConfig(Part):
    """The whole file. Responses are keyed by tries: "0", "1-3"."""

    StateMachines: dict[str, Cases]
    MockedResponses: dict[str, dict[str, Response]]
