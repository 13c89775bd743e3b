"""A deployment leaves orders in flight alone: each execution runs the code that it began with.

Step Functions keeps a running execution's definition, and the definition names published versions
of the functions, whose code never changes. The state machine's role must allow all of them: an
execution that began before a deployment calls versions that are older than the role.
"""

from collections.abc import Iterator

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks


def check_versions(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check that each Task calls a version, and that the role may invoke every one."""
    for name, task in tasks(machine).items():
        called = deployment[task.function]
        if not called.is_versioned:
            yield (
                f"{name} runs {task.function} without a version, so a deployment would change the "
                "code of orders in flight: substitute "
                f"`!Ref {called.function.name}.Version` in template.yaml."
            )
        elif not called.only_versions:
            yield (
                f"{name} runs {task.function}, and orders in flight call older versions of it: let "
                "the state machine's role invoke every version, and nothing else of it, with "
                f"`!Sub ${{{called.function.name}.Arn}}:*` in RunTheTasks in template.yaml."
            )
