"""Which errors a Retry and a Catch may name, and which they must."""

from collections.abc import Iterator

import botocore.session

from orders import errors
from workflows.checks.asl import Machine, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks
from workflows.checks.retrying import ALL

OF_LAMBDA = {
    "Lambda.AWSLambdaException",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.SdkClientException",
    "Lambda.Unknown",
    "Runtime.ExitError",
    "Runtime.HandlerNotFound",
    "Runtime.ImportModuleError",
    "Runtime.MarshalError",
    "Runtime.Unknown",
    "Runtime.UserCodeSyntaxError",
    "Sandbox.Timedout",
}
OF_STATES = {
    ALL,
    "States.DataLimitExceeded",
    "States.ParameterPathFailure",
    "States.Permissions",
    "States.ResultPathMatchFailure",
    "States.TaskFailed",
    "States.Timeout",
}
"""Those that a Task can meet. States.Runtime is not here: no Retry and no Catch sees it."""
PASSING = {
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
"""What Lambda itself may suffer, which has nothing to do with the order."""
ANYTHING = {ALL, "States.TaskFailed"}


def leaves(error: type[Exception]) -> set[str]:
    """What a class means in ASL, which matches names exactly and knows no subclasses."""
    children = error.__subclasses__()
    return set().union(*map(leaves, children)) if children else {error.__name__}


def of_lambda_invoke() -> set[str]:
    """Every error that Lambda's Invoke declares, as Step Functions names it."""
    lambda_ = botocore.session.get_session().get_service_model("lambda")
    return {f"Lambda.{shape.name}" for shape in lambda_.operation_model("Invoke").error_shapes}


def check_failures(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """In every Task."""
    known = leaves(errors.OrderError) | OF_LAMBDA | OF_STATES | of_lambda_invoke()
    for name, task in tasks(machine).items():
        yield from _unknown(name, task, known)
        if name != deployment.compensation:
            yield from _retried_in_vain(name, task)
            yield from _not_retried(name, task)


def _unknown(name: str, task: Task, known: set[str]) -> Iterator[str]:
    for field, entries in (("Retry", task.retry), ("Catch", task.catch)):
        for entry in entries:
            for error in entry.error_equals:
                if error not in known:
                    yield f"{name}: {field} names {error}, {_what_it_is(error)}."


def _what_it_is(error: str) -> str:
    if subclasses := getattr(errors, error, None):
        return f"a base class, which ASL never sees: name {', '.join(sorted(leaves(subclasses)))}"
    if error == "States.Runtime":
        return "which ends the execution whatever a state says: take it out"
    return "which nothing raises: name a class of orders/errors.py, or an error that AWS defines"


def _retried_in_vain(name: str, task: Task) -> Iterator[str]:
    ours = leaves(errors.OrderError) - leaves(errors.Unavailable)
    for error in retried(task):
        if error in ours:
            yield f"{name} retries {error}, which no retry mends: only Unavailable errors pass."
        if error in ANYTHING:
            yield f"{name} retries {error}, refusals of the order included: name what may pass."


def _not_retried(name: str, task: Task) -> Iterator[str]:
    wanted = leaves(errors.Unavailable) | PASSING
    if not ANYTHING & retried(task) and (missing := sorted(wanted - retried(task))):
        yield f"{name} does not retry {', '.join(missing)}, which may pass: add them to a retrier."


def retried(task: Task) -> set[str]:
    """The names that any of its retriers has."""
    return {error for retrier in task.retry for error in retrier.error_equals}
