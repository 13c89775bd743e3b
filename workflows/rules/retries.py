"""What a forward state retries: every transient error, and nothing that a retry cannot mend."""

from collections.abc import Iterator

from orders.errors import OrderError, Unavailable
from workflows.checks.asl import Machine, Task
from workflows.checks.graph import tasks
from workflows.checks.retrying import ALL
from workflows.error_names import leaf_names
from workflows.rules.saga import Saga

TRANSIENT_ERRORS = {
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Sandbox.Timedout",
    "States.Timeout",
}
"""Lambda's own transient errors, which have nothing to do with the order."""
ANY_ERROR = {ALL, "States.TaskFailed"}


def check_retries(machine: Machine, saga: Saga) -> Iterator[str]:
    """Check the Retry of every Task except the compensation."""
    for name, task in tasks(machine).items():
        if name != saga.compensation:
            yield from _retried_in_vain(name, retried(task))
            yield from _not_retried(name, retried(task))


def retried(task: Task) -> set[str]:
    """The error names of all its retriers."""
    return {error for retrier in task.retry for error in retrier.error_equals}


def _retried_in_vain(name: str, errors: set[str]) -> Iterator[str]:
    for error in sorted(errors & {*leaf_names(OrderError)} - {*leaf_names(Unavailable)}):
        yield f"{name} retries {error}, which no retry mends: retry Unavailable errors only."
    for error in sorted(errors & ANY_ERROR):
        yield f"{name} retries {error}, which includes refusals: name the transient errors."


def _not_retried(name: str, errors: set[str]) -> Iterator[str]:
    missing = sorted({*TRANSIENT_ERRORS, *leaf_names(Unavailable)} - errors)
    if missing and not errors & ANY_ERROR:
        listed = ", ".join(missing)
        yield f"{name} does not retry {listed}, which may be transient: add them to a retrier."
