"""The handler of each Task returns the model that it declares.

The code is read, not run. A `return` must show the class: `Model(...)`, `Model.model_validate(...)`
or the handler's own parameter. @task checks the result once more at run time.
"""

import ast
import inspect
import pydoc
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from orders.handlers import TaskSpec
from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks
from workflows.rules.source import body, value

MAX_CODE = 60


def check_results(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check every `return` of every Task's handler."""
    for name, task in tasks(machine).items():
        function, spec = deployment[task.function][:2]
        if spec:
            yield from wrong_results(name, pydoc.locate(function.handler), spec)


def wrong_results(name: str, handler: Any, spec: TaskSpec) -> Iterator[str]:  # noqa: ANN401  # any callable
    """The returns of the state's handler that do not show the declared class."""
    plain = inspect.unwrap(handler)
    nodes = [node for statement in body(plain) for node in ast.walk(statement)]
    for node in nodes:
        if isinstance(node, ast.Return) and _class_of(node.value, plain, spec) is not spec.output:
            code = ast.unparse(node)[:MAX_CODE]
            wanted = spec.output.__name__
            yield (
                f"{name} declares that it returns {wanted}, and `{code}` does not show that: "
                f"return {wanted}(...) or {wanted}.model_validate(...)."
            )


def _class_of(node: ast.expr | None, function: FunctionType, spec: TaskSpec) -> object:
    if isinstance(node, ast.Name) and node.id in inspect.signature(function).parameters:
        return spec.input
    if not isinstance(node, ast.Call):
        return None
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr == "model_validate":
        called = called.value
    return value(called, function.__globals__)
