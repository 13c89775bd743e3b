"""The part of the Amazon States Language that we use, as closed models.

What is not here is refused: a state or field that no check understands could undo what the checks
prove. A machine that needs more of ASL (https://states-language.net) models it here, and says in
flow.py what it does to the payload, in graph.py where it leads, in budget.py how long it takes.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from orders.documents.fields import must_be
from workflows.checks.refused import why_resource
from workflows.checks.retrying import ALL, REFERENCE, Catcher, Part, Retrier, in_order

MAX_NAME = 80
MAX_COMMENT = 100
DAY_SECONDS = 86_400
INVOKE = "arn:aws:states:::lambda:invoke"
CONTEXT = r"^\$\$(\.[A-Za-z_]\w*)+$"

Comment = Annotated[
    str,
    Field(min_length=1, max_length=MAX_COMMENT),
    must_be(f"1 to {MAX_COMMENT} characters: it is the state's line in the table of states"),
]
Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME)]
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


def _require_invoke(resource: str) -> str:
    if resource != INVOKE:
        raise PydanticCustomError(
            "resource",
            "must be {invoke}: {why}",
            {"invoke": INVOKE, "why": why_resource(resource)},
        )
    return resource


class Parameters(Part):
    """The parameters of lambda:invoke."""

    function_name: Annotated[
        str,
        Field(pattern=r"^\$\{\w+\}$"),
        must_be("a substitution such as ${CalculatePriceFunction}"),
    ]
    payload: Annotated[
        Literal["$"], must_be("$, the whole payload: with less, the task cannot return the order")
    ] = Field(alias="Payload.$")


class Task(Part):
    """A state that runs a function on the payload; the function's result is the next payload."""

    type: Literal["Task"]
    comment: Comment
    resource: Annotated[str, AfterValidator(_require_invoke)]
    parameters: Parameters
    output_path: Annotated[
        Literal["$.Payload"], must_be("$.Payload, the function's result without Lambda's metadata")
    ]
    timeout_seconds: Annotated[
        int, Field(strict=True, ge=1), must_be("a whole number of seconds from 1")
    ]
    retry: Retry
    catch: Catch = ()
    next: str | None = None
    end: Literal[True] | None = None

    @property
    def function(self) -> str:
        """The name of the function's substitution."""
        return self.parameters.function_name[2:-1]

    @property
    def is_best_effort(self) -> bool:
        """Whether the order goes on as it was, to the state that comes next, after any error."""
        last = self.catch[-1] if self.catch else None
        if last is None or ALL not in last.error_equals:
            return False
        return last.result_path is None and last.next == self.next

    @model_validator(mode="after")
    def _require_next_or_end(self) -> "Task":
        if (self.next is None) == (self.end is None):
            has = "neither Next nor End" if self.next is None else "both Next and End"
            raise PydanticCustomError(
                "next_or_end",
                "has {has}: name the state that comes next, or end here",
                {"has": has},
            )
        return self


class Fail(Part):
    """A state that ends the execution with an error and a cause."""

    type: Literal["Fail"]
    comment: Comment
    error: str | None = None
    error_path: Path | None = None
    cause: str | None = None
    cause_path: Path | None = None

    @model_validator(mode="after")
    def _require_error_and_cause(self) -> "Fail":
        pairs = ((self.error, self.error_path), (self.cause, self.cause_path))
        if any((text is None) == (path is None) for text, path in pairs):
            raise PydanticCustomError(
                "error_and_cause",
                "does not have its error and its cause once each: set ErrorPath and CausePath to "
                "$.failure.Error and $.failure.Cause",
            )
        return self


State = Annotated[Task | Fail, Field(discriminator="type")]


class Machine(Part):
    """A whole state machine."""

    comment: Comment
    timeout_seconds: Annotated[
        int,
        Field(strict=True, ge=1, le=DAY_SECONDS),
        must_be(
            f"1 to {DAY_SECONDS} whole seconds: nobody waits longer than a day for their order"
        ),
    ]
    start_at: str
    states: dict[Name, State]
