"""Each forward state returns a model whose base is the model that it takes.

Otherwise a field of the state before would be lost, or refused as an unknown one.
"""

from collections.abc import Iterator

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import forward_path, tasks


def check_bases(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check the output model of each Task on the forward path."""
    for name in forward_path(machine):
        spec = deployment[tasks(machine)[name].function].spec
        if spec and not issubclass(spec.output, spec.input):
            yield (
                f"{name} takes {spec.input.__name__} and returns {spec.output.__name__}, which is "
                f"not based on it: make {spec.input.__name__} the base of {spec.output.__name__}."
            )
