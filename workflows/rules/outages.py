"""An error's name agrees with its place in the tree of orders/errors.py, which decides on retries.

The code that raises an error does not say whether it passes with time. Its name does: so a class
that is moved in the tree by mistake is noticed. An outage would not be retried, or a refusal would.
"""

from collections.abc import Iterator

from orders.errors import OrderError, OrderRefused, Unavailable
from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks

SUFFIX = Unavailable.__name__
OTHER_NAMES = {"NotPermitted": "IAM is eventually consistent, so a refused call may pass with time"}
"""Outages whose names say something else, with the reason why they are outages."""


def check_outages(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check the names of all errors, and the branch of those that Tasks declare."""
    for error in _below(OrderError):
        yield from _misnamed(error)
    for name, task in tasks(machine).items():
        spec = deployment[task.function].spec
        if spec:
            yield from _misplaced(name, spec.raises)


def _misplaced(name: str, raises: object) -> Iterator[str]:
    """The declared errors, which a decorator takes from anybody, that are of no right class."""
    if not isinstance(raises, tuple):
        yield f"{name} declares one error, and no tuple of them: add a comma, raises=(Error,)."
        return
    for error in raises:
        if not isinstance(error, type):
            yield f"{name} declares {error!r}, which is no class of orders/errors.py: name one."
        elif not issubclass(error, OrderRefused | Unavailable):
            yield (
                f"{name} declares {error.__name__}, which is neither a refusal nor an outage: "
                "move it below OrderRefused or Unavailable in orders/errors.py."
            )


def _misnamed(error: type[OrderError]) -> Iterator[str]:
    name, is_outage = error.__name__, issubclass(error, Unavailable)
    is_named_so = name.endswith(SUFFIX) or name in OTHER_NAMES
    if is_outage and not is_named_so:
        yield (
            f"{name} is below {SUFFIX} in orders/errors.py, so every state retries it for minutes: "
            f"let its name end in {SUFFIX}, move it, or list it in workflows/rules/outages.py."
        )
    elif is_named_so and not is_outage:
        yield (
            f"{name} is not below {SUFFIX} in orders/errors.py, so no state retries this outage: "
            "move it there, or give it another name."
        )


def _below(base: type[OrderError]) -> Iterator[type[OrderError]]:
    for error in base.__subclasses__():
        yield error
        yield from _below(error)
