"""Step Functions Local's mock format, as closed models.

https://docs.aws.amazon.com/step-functions/latest/dg/sfn-local-mock-cfg-file.html
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel


class Part(BaseModel):
    """A closed part of the file; its fields have the names that the format gives them."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Thrown(Part):
    """A failed attempt."""

    Error: str
    Cause: str


class Response(Part):
    """The response to one or more attempts. The function's output is in Payload, inside Return."""

    Return: RootModel[dict[str, Any]] | None = None
    Throw: Thrown | None = None


class Cases(Part):
    """The name of the responses, by case and state."""

    TestCases: dict[str, RootModel[dict[str, str]]]


class MockConfig(Part):
    """The whole file. Responses are keyed by attempts: "0", "1-3"."""

    StateMachines: dict[str, Cases]
    MockedResponses: dict[str, dict[str, Response]]
