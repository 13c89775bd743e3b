"""A small builder over the SDK: policies named once, and the fields the SDK lacks.

The SDK (stepfunctions 2.3.0) is frozen since 2022; what ASL has gained since is added by
subclass. Names in the ASL come from the handlers, so that a rename cannot break the machine
silently: `tasks.check_inventory` is the state CheckInventory and runs CheckInventoryFunction.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from types import ModuleType
from typing import Any

from stepfunctions import steps

from orders.errors import Unavailable

FUNCTION_SECONDS = 10
"""A task function's own timeout, as in template.yaml."""
STATE_SECONDS = FUNCTION_SECONDS + 5
"""Longer than the function's: what ends a slow task is Lambda, which really stops it."""

_LAMBDA_FAULTS = (
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
)


class _RetryField(Enum):
    MAX_DELAY = "max_delay_seconds"
    JITTER = "jitter_strategy"


class _FailField(Enum):
    ERROR = "error_path"
    CAUSE = "cause_path"


class _Retry(steps.Retry):  # type: ignore[misc]  # the SDK has no types
    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), *_RetryField]


class _Fail(steps.Fail):  # type: ignore[misc]  # the SDK has no types
    def allowed_fields(self) -> list[Enum]:
        return [*super().allowed_fields(), *_FailField]


def _names(error: type[Unavailable]) -> Iterable[str]:
    """ASL matches names exactly and knows no subclasses: a base class stands for its leaves."""
    children = error.__subclasses__()
    return [name for child in children for name in _names(child)] if children else [error.__name__]


def _retry(errors: Iterable[str], attempts: int) -> _Retry:
    """Again after 1, 2, 4 ... s, at most 10, each with full jitter."""
    return _Retry(
        error_equals=list(errors),
        interval_seconds=1,
        max_attempts=attempts,
        backoff_rate=2.0,  # statelint: the ASL standard wants a float
        max_delay_seconds=10,
        jitter_strategy="FULL",
    )


_THROTTLED = _retry(["Lambda.TooManyRequestsException"], attempts=8)
"""Concurrency is spent: nothing is wrong with the order, which had better wait than fail."""
RETRY_TRANSIENT = [_THROTTLED, _retry([*_names(Unavailable), *_LAMBDA_FAULTS], attempts=3)]
"""A forward step: three more tries of what may pass, never of a Refused."""
RETRY_ALL = [_THROTTLED, _retry(["States.ALL"], attempts=6)]
"""The compensation: six more tries of anything, because nothing stands behind it."""


def name_of(task_module: ModuleType) -> str:
    """`tasks.check_inventory` is CheckInventory."""
    return task_module.__name__.rpartition(".")[2].title().replace("_", "")


def task(
    task_module: ModuleType,
    *,
    retry: Sequence[_Retry] = RETRY_TRANSIENT,
    catch: steps.Catch | None = None,
) -> steps.Task:
    """The state that runs the module's handler: the document goes in, its answer comes out."""
    name = name_of(task_module)
    return steps.Task(
        name,
        comment=task_module.handler.spec.title,
        resource="arn:aws:states:::lambda:invoke",
        parameters={"FunctionName": f"${{{name}Function}}", "Payload.$": "$"},
        output_path="$.Payload",
        timeout_seconds=STATE_SECONDS,
        retry=retry,
        catch=catch,
    )


def any_error(*, then: steps.Chain) -> steps.Catch:
    """Whatever it was: keep the order, add the failure, go there."""
    return steps.Catch(error_equals=["States.ALL"], result_path="$.failure", next_step=then)


def fail(name: str, *, comment: str, error: str, cause: str) -> _Fail:
    """End the execution with the error and cause that the document holds at these paths."""
    return _Fail(name, comment=comment, error_path=error, cause_path=cause)


def definition(first: steps.Chain, *, comment: str, timeout_seconds: int) -> dict[str, Any]:
    """The machine in ASL."""
    return dict(steps.Graph(first, comment=comment, timeout_seconds=timeout_seconds).to_dict())
