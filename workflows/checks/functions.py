"""Every Task runs a function that is deployed, and outwaits it."""

from collections.abc import Iterator

from workflows.checks.asl import Machine, Task
from workflows.checks.graph import tasks
from workflows.checks.surroundings import Surroundings


def check_functions(machine: Machine, around: Surroundings) -> Iterator[str]:
    """Names, handlers and timeouts."""
    for name, task in tasks(machine).items():
        yield from _check(name, task, around)


def _check(name: str, task: Task, around: Surroundings) -> Iterator[str]:
    function = around.functions.get(task.function)
    if function is None:
        yield (
            f"{name} runs ${{{task.function}}}, which template.yaml does not substitute: "
            f"add the function, and {task.function} to DefinitionSubstitutions."
        )
    elif function.signature is None:
        yield (
            f"{name} runs {task.function}, whose handler {function.handler} takes and gives no "
            "models: write it with @task, or correct Handler in template.yaml."
        )
    elif task.timeout_seconds <= function.timeout:
        yield (
            f"{name} gives up after {task.timeout_seconds} s, and its function may work for "
            f"{function.timeout:g} s: make TimeoutSeconds longer, so that it is Lambda that ends a "
            "slow task and really stops it."
        )
