"""Every Task runs a function that is deployed, and outwaits it."""

import re
from collections.abc import Iterator

from orders import errors
from workflows.checks.asl import Machine, Task
from workflows.checks.deployment import Deployment, Function
from workflows.checks.graph import tasks

_NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b")


def check_functions(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Names, handlers and timeouts."""
    for name, task in tasks(machine).items():
        yield from _check(name, task, deployment)


def _check(name: str, task: Task, deployment: Deployment) -> Iterator[str]:
    function = deployment.functions.get(task.function)
    if function is None:
        yield (
            f"{name} runs ${{{task.function}}}, which template.yaml does not substitute: "
            f"add the function, and {task.function} to DefinitionSubstitutions."
        )
    elif not function.allowed:
        yield (
            f"{name} runs {task.function}, which the state machine's role may not invoke: add it "
            "to the Resource list of RunTheTasks in template.yaml."
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
    else:
        for error in raised(function):
            if not hasattr(errors, error):
                yield (
                    f"{name} says that it raises {error}, which orders/errors.py does not have: "
                    f"add it there, or correct the docstring of {function.handler}."
                )


def raised(function: Function) -> list[str]:
    """The errors of its own that a task ends in, as its docstring has them after `Raises`."""
    story = function.signature.story if function.signature else ""
    return list(dict.fromkeys(_NAME.findall(story.partition("Raises ")[2])))
