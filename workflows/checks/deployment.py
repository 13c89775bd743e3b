"""The deployed functions that a machine is checked against.

template.yaml says which functions there are, and their handlers declare their inputs, outputs and
errors; so what is proved is what is deployed.
"""

import pydoc
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from deployment.state_machine import StateMachine
from deployment.template import TEMPLATE, Function, read
from orders.handlers import TaskSpec

_ANY_VERSION = "12345"


class TaskFunction(NamedTuple):
    """A deployed function that a Task may run.

    `spec` is None when its handler is not there or was not made with @task. `is_versioned` says
    whether the definition calls a published version of it, `is_invocable` whether the state
    machine's role may invoke that or any version, and `only_versions` whether the role may invoke
    every version, and nothing else of the function.
    """

    function: Function
    spec: TaskSpec | None
    is_invocable: bool
    is_versioned: bool
    only_versions: bool


Deployment: TypeAlias = Mapping[str, TaskFunction]
"""The functions by the names that the ASL has for them (DefinitionSubstitutions)."""


def deployed(template: Path = TEMPLATE) -> Deployment:
    """The deployment that a template describes. Raises InvalidTemplate."""
    found = read(template)
    return {
        name: _task_function(function, arn, found.state_machine)
        for name, arn in found.state_machine.substitutions.items()
        for function in found.functions.values()
        if arn == function.arn or arn.startswith(f"{function.arn}:")
    }


def _task_function(function: Function, called: str, machine: StateMachine) -> TaskFunction:
    any_version = machine.may_invoke(f"{function.arn}:{_ANY_VERSION}")
    return TaskFunction(
        function=function,
        spec=_spec(function.handler),
        is_invocable=any_version or machine.may_invoke(called),
        is_versioned=called != function.arn,
        only_versions=any_version and not machine.may_invoke(function.arn),
    )


def _spec(handler: str) -> TaskSpec | None:
    spec = getattr(pydoc.locate(handler), "spec", None)
    return spec if isinstance(spec, TaskSpec) else None
