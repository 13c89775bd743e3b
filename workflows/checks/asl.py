"""The part of the Amazon States Language that we use, as closed models.

What is not here is refused: a field that no check understands could undo what they prove.
A machine that needs more of ASL says here what that is, and in flow.py what it does to the
document. https://states-language.net
"""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from orders.documents.fields import must_be
from workflows.checks.retrying import REFERENCE, Catcher, Part, Retrier, in_order

LONGEST_NAME = 80
LONGEST_COMMENT = 100
A_DAY = 86_400
INVOKE = "arn:aws:states:::lambda:invoke"
CONTEXT = r"^\$\$(\.[A-Za-z_]\w*)+$"

Comment = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_COMMENT),
    must_be(f"1 to {LONGEST_COMMENT} characters: it is the state's line in the table of states"),
]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Path = Annotated[
    str, Field(pattern=f"{REFERENCE}|{CONTEXT}"), must_be("a path such as $.failure.Error")
]
Retry = Annotated[
    tuple[Retrier, ...],
    Field(min_length=1),
    must_be("a list of at least one entry, such as RETRY_TRANSIENT"),
    AfterValidator(in_order),
]
Catch = Annotated[tuple[Catcher, ...], AfterValidator(in_order)]


class Step(Part):
    """A state that goes on, or ends the execution well."""

    comment: Comment
    next: str | None = None
    end: Literal[True] | None = None

    @model_validator(mode="after")
    def _goes_one_way(self) -> "Step":
        if (self.next is None) == (self.end is None):
            has = "neither Next nor End" if self.next is None else "both Next and End"
            raise PydanticCustomError(
                "way",
                "has {has}: name the state that comes next, or end here",
                {"has": has},
            )
        return self


class Parameters(Part):
    """What lambda:invoke is told."""

    function_name: Annotated[
        str,
        Field(pattern=r"^\$\{\w+\}$"),
        must_be("a substitution such as ${CalculatePriceFunction}"),
    ]
    payload: Annotated[
        Literal["$"], must_be("$, the whole document: with less the task cannot hand it on")
    ] = Field(alias="Payload.$")


class Task(Step):
    """A state that runs a function on the document."""

    type: Literal["Task"]
    resource: Annotated[
        Literal["arn:aws:states:::lambda:invoke"],
        must_be(f"{INVOKE}: a function's own ARN loses the Lambda.* error names"),
    ]
    parameters: Parameters
    timeout_seconds: Annotated[
        int, Field(strict=True, ge=1), must_be("a whole number of seconds from 1")
    ]
    retry: Retry
    catch: Catch = ()
    result_path: Literal["$"] | None = "$"
    output_path: Literal["$.Payload"] | None = None

    @property
    def function(self) -> str:
        """The substitution's name."""
        return self.parameters.function_name[2:-1]

    @property
    def keeps_its_input(self) -> bool:
        """Whether the function's answer is dropped."""
        return self.result_path is None

    @model_validator(mode="after")
    def _hands_on_a_document(self) -> "Task":
        if (self.output_path is None) != self.keeps_its_input:
            raise PydanticCustomError(
                "output",
                "does not hand on the function's answer alone: set OutputPath to $.Payload, or "
                "ResultPath to null and no OutputPath to drop the answer",
            )
        return self


class Pass(Step):
    """A state that does nothing to the document."""

    type: Literal["Pass"]


class Wait(Step):
    """A state that waits so many seconds, a number the budget can count."""

    type: Literal["Wait"]
    seconds: Annotated[int, Field(strict=True, ge=1)]


class Rule(Part):
    """One way out of a Choice: a variable, one comparison, and where it leads."""

    model_config = Part.model_config | {"extra": "allow"}

    variable: Path
    next: str
    comment: str = ""

    @property
    def comparisons(self) -> dict[str, Any]:
        """Comparators with their values; there must be one."""
        return self.model_extra or {}


class Choice(Part):
    """A state that looks at the document. Nothing catches a Choice that nothing matches."""

    type: Literal["Choice"]
    comment: Comment
    choices: Annotated[tuple[Rule, ...], Field(min_length=1)]
    default: str


class Succeed(Part):
    """The execution ends well."""

    type: Literal["Succeed"]
    comment: Comment


class Fail(Part):
    """The execution ends with an error and a cause."""

    type: Literal["Fail"]
    comment: Comment
    error: str | None = None
    error_path: Path | None = None
    cause: str | None = None
    cause_path: Path | None = None

    @model_validator(mode="after")
    def _says_what_and_why(self) -> "Fail":
        pairs = ((self.error, self.error_path), (self.cause, self.cause_path))
        if any((text is None) == (path is None) for text, path in pairs):
            raise PydanticCustomError(
                "untold",
                "does not say its error and its cause once each: set ErrorPath and CausePath to "
                "$.failure.Error and $.failure.Cause",
            )
        return self


State = Annotated[Task | Pass | Wait | Choice | Succeed | Fail, Field(discriminator="type")]


class Machine(Part):
    """A whole state machine."""

    comment: Comment
    timeout_seconds: Annotated[
        int,
        Field(strict=True, ge=1, le=A_DAY),
        must_be(f"1 to {A_DAY} whole seconds: an order that hangs for a day has lost its customer"),
    ]
    start_at: str
    states: dict[Name, State]
