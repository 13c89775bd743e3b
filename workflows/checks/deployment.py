"""The deployed functions that a machine is checked against.

template.yaml says which functions there are, and their handlers declare their inputs, outputs and
errors; so what is proved is what is deployed.
"""

import pydoc
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from deployment.template import TEMPLATE, Function, read
from orders.handlers import TaskSpec


class TaskFunction(NamedTuple):
    """A deployed function that a Task may run.

    `spec` is None when its handler is not there or was not made with @task. `is_invocable` says
    whether the state machine's role may invoke it.
    """

    function: Function
    spec: TaskSpec | None
    is_invocable: bool


Deployment: TypeAlias = Mapping[str, TaskFunction]
"""The functions by the names that the ASL has for them (DefinitionSubstitutions)."""


def deployed(template: Path = TEMPLATE) -> Deployment:
    """The deployment that a template describes. Raises InvalidTemplate."""
    found = read(template)
    by_arn = {function.arn: function for function in found.functions.values()}
    machine = found.state_machine
    return {
        name: TaskFunction(by_arn[arn], _spec(by_arn[arn].handler), machine.may_invoke(arn))
        for name, arn in machine.substitutions.items()
        if arn in by_arn
    }


def _spec(handler: str) -> TaskSpec | None:
    spec = getattr(pydoc.locate(handler), "spec", None)
    return spec if isinstance(spec, TaskSpec) else None
