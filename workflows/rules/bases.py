"""Each forward state adds to the order: it takes what the state before returns, and returns more.

A model is a guarantee ("the stock is reserved"), so it must not exist before its state has run, and
only a closed model is a guarantee at all.
"""

from collections.abc import Iterator
from itertools import pairwise

from orders.handlers import TaskSpec
from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import forward_path, tasks
from workflows.checks.payloads import is_closed, label_of


def check_bases(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check the input and output models of each Task on the forward path."""
    found = {name: deployment[tasks(machine)[name].function].spec for name in forward_path(machine)}
    specs = {name: spec for name, spec in found.items() if spec}
    for name, spec in specs.items():
        yield from _no_guarantee(name, spec)
    for (before, first), (after, second) in pairwise(specs.items()):
        if first.output is not second.input and issubclass(first.output, second.input):
            yield (
                f"{before} returns {first.output.__name__}, and {after} takes less, "
                f"{second.input.__name__}, so {after} cannot be what makes it true that "
                f"{label_of(second.output)}: let one return what the other takes."
            )


def _no_guarantee(name: str, spec: TaskSpec) -> Iterator[str]:
    if not is_closed(spec.input):
        yield (
            f"{name} takes {spec.input.__name__}, which ignores unknown fields, so it accepts the "
            'document of any state: remove extra="ignore".'
        )
    if not issubclass(spec.output, spec.input):
        yield (
            f"{name} takes {spec.input.__name__} and returns {spec.output.__name__}, which is "
            f"not based on it: make {spec.input.__name__} the base of {spec.output.__name__}."
        )
