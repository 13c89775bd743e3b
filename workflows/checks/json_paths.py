"""JSONPaths into the payload (`$.`) and into the context object (`$$.`) must lead to strings."""

from collections.abc import Iterator

from workflows.checks.asl import Fail
from workflows.checks.payloads import Payload
from workflows.checks.types import type_names

CONTEXT = {
    "$$.Execution.Id",
    "$$.Execution.Name",
    "$$.Execution.RoleArn",
    "$$.Execution.StartTime",
    "$$.State.EnteredTime",
    "$$.State.Name",
    "$$.StateMachine.Id",
    "$$.StateMachine.Name",
}
"""What the context object always has, as text: docs.aws.amazon.com/step-functions."""


def check_fail_state(name: str, state: Fail, payload: Payload, origin: str) -> Iterator[str]:
    """The error and cause of a Fail state are in the payload that comes from `origin`, as text."""
    for field, path in (("ErrorPath", state.error_path), ("CausePath", state.cause_path)):
        if path is not None and path not in CONTEXT:
            yield from _check_path(f"{name}: {field}", path, payload, origin)


def _check_path(where: str, path: str, payload: Payload, origin: str) -> Iterator[str]:
    if path.startswith("$$."):
        known = " or ".join(sorted(CONTEXT))
        yield f"{where} reads {path}, which the context object lacks: use {known}."
    elif (value := payload.at(path)) is None:
        yield (
            f"{where} reads {path}, which may be missing from what {origin} passes: add it "
            "there, or read another path."
        )
    elif (types := type_names(value.type)) != {"string"}:
        found = " or ".join(sorted(types)) or "any value"
        yield f"{where} reads {path}, which {origin} passes as {found}: read a string."
