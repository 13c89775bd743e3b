"""The handler of each Task returns the model that it declares.

The code is read, not run. A `return` must show the class: `Model(...)`, `Model.model_validate(...)`
or the handler's own parameter. Its arguments must have every field that the class requires, as far
as they can be read: keywords, dictionaries, and the parameter's own `model_dump()`. @task checks
the result once more at run time.
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
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Call):
            for field in sorted(_lacking(node.value, plain, spec)):
                wanted = spec.output.__name__
                yield (
                    f"{name} returns {wanted} without {field}, which {wanted} requires: set it in "
                    f"{plain.__module__}."
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


def _lacking(call: ast.Call, function: FunctionType, spec: TaskSpec) -> set[str]:
    """The required fields that the call does not set; none if its arguments cannot be read."""
    dumps = [*call.args, *(each.value for each in call.keywords if each.arg is None)]
    found = [_fields(each, function, spec) for each in dumps]
    if None in found:
        return set()
    given = {each.arg for each in call.keywords}.union(*(each for each in found if each))
    needed = {name for name, field in spec.output.model_fields.items() if field.is_required()}
    return needed - given


def _fields(node: ast.expr, function: FunctionType, spec: TaskSpec) -> set[str] | None:
    """The keys of a dictionary, of two that `|` joins, or of the parameter's `model_dump()`."""
    if isinstance(node, ast.Dict):
        return {str(each.value) for each in node.keys if isinstance(each, ast.Constant)}
    if isinstance(node, ast.BinOp):
        sides = [_fields(each, function, spec) for each in (node.left, node.right)]
        return None if None in sides else set().union(*(each for each in sides if each))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    is_own = getattr(node.func.value, "id", None) in inspect.signature(function).parameters
    is_dump = node.func.attr == "model_dump" and is_own
    return spec.input.model_fields.keys() - _excluded(node) if is_dump else None


def _excluded(dump: ast.Call) -> set[Any]:
    """What `model_dump(exclude={...})` leaves out."""
    return {
        each.value
        for keyword in dump.keywords
        if keyword.arg == "exclude"
        for each in ast.walk(keyword.value)
        if isinstance(each, ast.Constant)
    }
