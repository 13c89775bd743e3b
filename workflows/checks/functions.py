"""Every Task runs a deployed function, may invoke it, and has a longer timeout than it."""

from collections.abc import Iterator

from workflows.checks.asl import Machine, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks


def check_functions(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check each Task's substitution, permission, handler and timeout; report its first fault."""
    for name, task in tasks(machine).items():
        yield from _first_fault(name, task, deployment)


def _first_fault(name: str, task: Task, deployment: Deployment) -> Iterator[str]:
    if task.function not in deployment:
        yield (
            f"{name} runs ${{{task.function}}}, which template.yaml does not substitute: add the "
            f"function, and {task.function} to DefinitionSubstitutions."
        )
        return
    function, spec, is_invocable = deployment[task.function][:3]
    if not is_invocable:
        yield (
            f"{name} runs {task.function}, which the state machine's role may not invoke: add "
            f"`!Sub ${{{function.name}.Arn}}:*` to RunTheTasks in template.yaml."
        )
    elif spec is None:
        yield (
            f"{name} runs {task.function}, whose handler {function.handler} is not a task: make it "
            "with @task, or correct Handler in template.yaml."
        )
    elif task.timeout_seconds <= function.timeout:
        yield (
            f"{name} times out after {task.timeout_seconds} s, and its function after "
            f"{function.timeout:g} s: make TimeoutSeconds longer, so that Lambda ends a slow task, "
            "and really stops it."
        )
