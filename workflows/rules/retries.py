"""What a state retries: all that passes with time, long enough, and nothing that does not pass.

workflows/task_errors.py says which errors these are. The compensation may retry any error, because
nothing compensates for it, and what passes with time it must retry for hours: if the database was
away since the order was accepted, nobody else knows of the order. A best-effort state need not be
patient.
"""

from collections.abc import Iterator

from workflows.checks.asl import Machine, Task
from workflows.checks.graph import tasks
from workflows.rules.saga import Saga
from workflows.task_errors import WILDCARDS, Retried, retried

PATIENCE_SECONDS = 300
"""How long a state waits at least, on average. A failover of RDS takes up to 120 s (RDS User Guide,
"Failing over a Multi-AZ DB instance"); the network interfaces of a VPC function that was idle are
made in about a minute (Lambda Developer Guide, "Lambda function states")."""
COMPENSATION_SECONDS = 6 * 3600
"""How long the compensation waits at least, on average, also for a lost invocation: a function
times out when the network to the database loses packets."""


def check_retries(machine: Machine, saga: Saga) -> Iterator[str]:
    """Check the Retry of every Task."""
    for name, task in tasks(machine).items():
        if name == saga.compensation:
            passing = [*retried(Retried.PATIENTLY), *retried(Retried.SHORTLY)]
            yield from _too_impatient(name, task, passing, COMPENSATION_SECONDS, "RETRY_ALL")
        elif not task.is_best_effort:
            passing = retried(Retried.PATIENTLY)
            yield from _too_impatient(name, task, passing, PATIENCE_SECONDS, "RETRY_TRANSIENT")
        if name != saga.compensation:
            yield from _retried_in_vain(name, named(task))
            yield from _not_retried(name, named(task))


def named(task: Task) -> set[str]:
    """The error names of all its retriers."""
    return {error for retrier in task.retry for error in retrier.error_equals}


def _too_impatient(
    name: str, task: Task, errors: list[str], seconds: int, policy: str
) -> Iterator[str]:
    """An error that only a wildcard retries counts as not retried."""
    waits = {error: each.average_wait() for each in task.retry for error in each.error_equals}
    hasty = [each for each in errors if waits.get(each, 0) < seconds]
    if hasty:
        longest = max(waits.get(error, 0) for error in hasty)
        yield (
            f"{name} waits {longest:g} s on average for {_listed(hasty)}, which may take longer "
            f"to pass: name it in a retrier that waits {seconds} s ({policy})."
        )


def _retried_in_vain(name: str, errors: set[str]) -> Iterator[str]:
    for error in sorted(errors & set(retried(Retried.NEVER))):
        yield f"{name} retries {error}, which no retry mends: remove it from the retrier."
    for error in sorted(errors & WILDCARDS):
        yield f"{name} retries {error}, which includes refusals: name the transient errors."


def _not_retried(name: str, errors: set[str]) -> Iterator[str]:
    missing = [error for error in retried(Retried.SHORTLY) if error not in errors]
    if missing and not errors & WILDCARDS:
        yield (
            f"{name} does not retry {_listed(missing)}, after which another attempt may succeed: "
            "name it in a retrier (RETRY_TRANSIENT)."
        )


def _listed(errors: list[str]) -> str:
    """The first three names, and how many more there are."""
    first, more = ", ".join(errors[:3]), len(errors) - 3
    return f"{first} and {more} more" if more > 0 else first
