"""Every state says what is true of the order once it has run: the label of its output model."""

from collections.abc import Iterator

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks


def check_labels(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check each Task's output model. An inherited label describes the order before the Task."""
    for name, task in tasks(machine).items():
        spec = deployment[task.function].spec
        if spec and not vars(spec.output).get("label"):
            yield (
                f"{name} returns {spec.output.__name__}, which has no label of its own for the "
                "diagram: add `label` to it, in a few words that are true of the order by then."
            )
