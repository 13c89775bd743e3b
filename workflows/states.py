"""A small builder over the authoring SDK: retry policies, timeouts and names of states.

The SDK (stepfunctions 2.3.0) is frozen since 2022; fields that ASL has gained since are added by
subclasses. Names in the ASL come from the task modules, so that a rename cannot break the machine
silently: `tasks.check_inventory` is the state CheckInventory and runs CheckInventoryFunction.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from types import ModuleType
from typing import Any, NamedTuple

from stepfunctions import steps

from workflows.task_errors import Retried, retried

FUNCTION_SECONDS = 10
"""A task function's own timeout, as in template.yaml."""
STATE_SECONDS = FUNCTION_SECONDS + 5
"""Longer than a function's timeout, because only Lambda's own timeout stops a slow function."""


class NotAMachine(Exception):
    """The states do not make a machine; the message says why, and what to do."""


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


def _retry(errors: Iterable[str], *, attempts: int, longest: int) -> _Retry:
    """Retry after 1, 2, 4 ... s, at most `longest` s, each wait with full jitter."""
    return _Retry(
        error_equals=list(errors),
        interval_seconds=1,
        max_attempts=attempts,
        backoff_rate=2.0,  # statelint: the ASL standard wants a float
        max_delay_seconds=longest,
        jitter_strategy="FULL",
    )


_PATIENTLY = _retry(retried(Retried.PATIENTLY), attempts=16, longest=60)
"""Waits for 5.5 minutes on average, 11 at most: longer than a database failover or a VPC function
that was idle takes."""
_SHORTLY = _retry(retried(Retried.SHORTLY), attempts=2, longest=10)
RETRY_TRANSIENT = [_PATIENTLY, _SHORTLY]
"""The policy of a forward state: it retries transient errors, never an OrderRefused or a bug."""
_FOR_HOURS = _retry(
    [*retried(Retried.PATIENTLY), *retried(Retried.SHORTLY)], attempts=57, longest=900
)
"""Waits for 6 hours on average (standard deviation 30 minutes), 12 at most. An execution may take a
year and have 25,000 events (Step Functions Developer Guide, "Quotas")."""
RETRY_ALL = [_FOR_HOURS, _retry(["States.ALL"], attempts=6, longest=10)]
"""The policy of the compensation. Nothing compensates for it, and nothing else may know the order:
if PostgreSQL was down since the POST, the order is in no table, so the reconciler does not see it.
Errors that do not pass are retried six times only."""

_RETRY_BRIEFLY = [
    _retry([*retried(Retried.PATIENTLY), *retried(Retried.SHORTLY)], attempts=2, longest=10)
]
"""The policy of a best-effort state: the order does not wait for it."""


class BestEffort(NamedTuple):
    """A task whose failure must not fail the order, which goes on without it."""

    task_module: ModuleType


def name_of(task_module: ModuleType) -> str:
    """`tasks.check_inventory` is CheckInventory."""
    return task_module.__name__.rpartition(".")[2].title().replace("_", "")


def task(
    task_module: ModuleType,
    *,
    retry: Sequence[_Retry] = RETRY_TRANSIENT,
    catch: steps.Catch | None = None,
) -> steps.Task:
    """The state that runs the module's handler on the payload; its result is the next payload."""
    spec = getattr(getattr(task_module, "handler", None), "spec", None)
    if spec is None:
        module = getattr(task_module, "__name__", repr(task_module))
        raise NotAMachine(f"{module}.handler is not a task: make it with @task.")
    name = name_of(task_module)
    with _written_by_the_sdk(name):
        state = steps.Task(
            name,
            comment=spec.title,
            resource="arn:aws:states:::lambda:invoke",
            parameters={"FunctionName": f"${{{name}Function}}", "Payload.$": "$"},
            output_path="$.Payload",
            timeout_seconds=STATE_SECONDS,
            retry=retry,
            catch=catch,
        )
        state.to_dict()
    return state


@contextmanager
def _written_by_the_sdk(name: str) -> Iterator[None]:
    """Name the state that the SDK cannot write, as the SDK's own errors do not."""
    try:
        yield
    except (AttributeError, TypeError, ValueError) as error:
        raise NotAMachine(f"{name} cannot be written: {error}".rstrip(".") + ".") from error


def any_error(*, then: steps.Chain) -> steps.Catch:
    """Catch every error: keep the order, add the failure to it, and go on with `then`."""
    return steps.Catch(error_equals=["States.ALL"], result_path="$.failure", next_step=then)


def forward(tasks: Sequence[ModuleType | BestEffort], *, catch: steps.Catch) -> steps.Chain:
    """The forward states, one after the other; `catch` catches every error of each.

    The order goes on after a best-effort state, whether it failed or not. Raises NotAMachine when
    there is nothing to go on with.
    """
    if not tasks:
        raise NotAMachine("The machine has no forward state: name its tasks.")
    states: list[steps.Task] = []
    for each in reversed(tasks):
        if isinstance(each, BestEffort):
            states.insert(0, _best_effort(each.task_module, states))
        else:
            states.insert(0, task(each, catch=catch))
    return steps.Chain(states)


def _best_effort(task_module: ModuleType, following: Sequence[steps.Task]) -> steps.Task:
    if not following:
        raise NotAMachine(f"{name_of(task_module)} is best effort and last: put it before a state.")
    goes_on = steps.Catch(error_equals=["States.ALL"], result_path=None, next_step=following[0])
    return task(task_module, retry=_RETRY_BRIEFLY, catch=goes_on)


def fail(name: str, *, comment: str, error: str, cause: str) -> _Fail:
    """The state that ends the execution with the error and cause at these paths of the payload."""
    return _Fail(name, comment=comment, error_path=error, cause_path=cause)


def definition(first: steps.Chain, *, comment: str, timeout_seconds: int) -> dict[str, Any]:
    """The whole machine in ASL. Raises NotAMachine."""
    for state in first.steps:
        _require_state(state)
    try:
        graph = steps.Graph(first, comment=comment, timeout_seconds=timeout_seconds)
    except ValueError as error:
        raise NotAMachine(f"The machine: {error} Put each state into one chain, once.") from error
    return dict(graph.to_dict())


def _require_state(state: object) -> None:
    """The SDK looks at states when it has forgotten their names."""
    if not isinstance(state, steps.states.State):
        raise NotAMachine(f"{state!r} is in the chain and is no state: make it with task().")
    parameters = state.fields.get("parameters", {})
    if not isinstance(parameters, dict):
        raise NotAMachine(f"{state.state_id} has Parameters that are no mapping: {parameters!r}.")
