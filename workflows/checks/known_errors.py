"""Every error that Retry and Catch name can be raised by our code, Lambda or Step Functions."""

from collections.abc import Iterator
from functools import cache

import botocore.session

from orders import errors
from workflows.checks.asl import Machine, Task
from workflows.checks.graph import tasks
from workflows.checks.retrying import ALL
from workflows.error_names import leaf_names

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
"""Errors of Step Functions that a Task can end in. States.Runtime is not one of them: neither
Retry nor Catch sees it."""


@cache
def of_lambda_invoke() -> frozenset[str]:
    """Every error that Lambda's Invoke declares, as Step Functions names it."""
    lambda_ = botocore.session.get_session().get_service_model("lambda")
    shapes = lambda_.operation_model("Invoke").error_shapes
    return frozenset(f"Lambda.{shape.name}" for shape in shapes)


def check_known_errors(machine: Machine) -> Iterator[str]:
    """Check the error names in every Task."""
    known = {*leaf_names(errors.OrderError), *OF_LAMBDA, *OF_STATES, *of_lambda_invoke()}
    for name, task in tasks(machine).items():
        for field, error in _named(task):
            if error not in known:
                yield f"{name}: {field} names {error}, {_what_it_is(error)}."


def _named(task: Task) -> Iterator[tuple[str, str]]:
    for field, entries in (("Retry", task.retry), ("Catch", task.catch)):
        for entry in entries:
            yield from ((field, error) for error in entry.error_equals)


def _what_it_is(error: str) -> str:
    if base := getattr(errors, error, None):
        return f"a base class, which ASL never sees: name {', '.join(sorted(leaf_names(base)))}"
    if error == "States.Runtime":
        return "which ends the execution whatever a state says: remove it"
    return "which nothing raises: name a class of orders/errors.py, or an error that AWS defines"
