"""Every error that Retry and Catch name can be raised by our code, Lambda or Step Functions."""

from collections.abc import Iterator

from orders import errors
from workflows.checks.asl import Machine, Task
from workflows.checks.graph import tasks
from workflows.task_errors import UNSEEN, WILDCARDS, Retried, leaf_names, retried


def check_known_errors(machine: Machine) -> Iterator[str]:
    """Check the error names in every Task."""
    known = {name for how in Retried for name in retried(how)} | WILDCARDS
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
    if error == UNSEEN:
        return "which ends the execution whatever a state says: remove it"
    return "which nothing raises: name a class of orders/errors.py, or an error in task_errors.py"
