"""The errors that a handler declares (`raises`) are those that its code can raise.

The code is read, not run: the handler's body, and the bodies of those functions of ours that it
uses. An error counts as raised where its class is used, unless an `except` around it catches it.
Methods are not followed: a handler's rules are functions.
"""

import ast
import inspect
import pydoc
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import FunctionType
from typing import Any, NamedTuple, TypeAlias

from orders.errors import OrderError, OrderRefused, RequestError
from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.checks.graph import tasks
from workflows.rules.source import body, is_ours, value

Errors: TypeAlias = set[type[OrderError]]
MUST_BE_DECLARED = (OrderRefused, RequestError)
"""Outages need not be declared: whatever uses the database can raise them."""


def check_raised_errors(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Check what the handler of every Task declares."""
    for name, task in tasks(machine).items():
        function, spec = deployment[task.function][:2]
        if spec:
            yield from misdeclared(name, function.handler, spec.raises)


def misdeclared(name: str, handler: str, declared: Collection[type[OrderError]]) -> Iterator[str]:
    """The errors that the state or route `name` should declare, and those that it should not."""
    raised = raised_errors(pydoc.locate(handler))
    module = handler.rpartition(".")[0]
    for error in _sorted(raised):
        if below := error.__subclasses__():
            yield (
                f"{name} can raise {error.__name__}, which has subclasses, so no Retry names it: "
                f"raise {' or '.join(each.__name__ for each in below)}, or one base of both."
            )
    for error in _sorted(raised - set(declared)):
        if issubclass(error, MUST_BE_DECLARED):
            yield (
                f"{name} can raise {error.__name__}, which it does not declare: add it to `raises` "
                f"in {module}."
            )
    for error in _sorted(set(declared) - raised):
        yield (
            f"{name} declares {error.__name__}, which its code cannot raise: remove it from "
            f"`raises` in {module}."
        )


def _sorted(errors: Errors) -> list[type[OrderError]]:
    return sorted(errors, key=lambda error: error.__name__)


def raised_errors(function: Any, callers: tuple[FunctionType, ...] = ()) -> Errors:  # noqa: ANN401  # any callable
    """The classes of the errors that a function of ours can raise."""
    plain = inspect.unwrap(function)
    if plain in callers:
        return set()
    return _Body(plain.__globals__, (*callers, plain)).of_all(body(plain))


class _Body(NamedTuple):
    """Reads the body of a function, the last of `callers`; `names` are its module's globals."""

    names: Mapping[str, Any]
    callers: tuple[FunctionType, ...]

    def of_all(self, nodes: Iterable[ast.AST]) -> Errors:
        return set().union(*map(self.of, nodes))

    def of(self, node: ast.AST) -> Errors:
        if isinstance(node, ast.Try):
            return self._of_try(node)
        used = value(node, self.names)
        if isinstance(used, type) and issubclass(used, OrderError):
            return {used}
        if callable(used) and is_ours(inspect.unwrap(used)):
            return raised_errors(used, self.callers)
        return self.of_all(ast.iter_child_nodes(node))

    def _of_try(self, node: ast.Try) -> Errors:
        caught = tuple(error for each in node.handlers for error in self._caught(each))
        handling = [line for each in node.handlers for line in each.body]
        return {error for error in self.of_all(node.body) if not issubclass(error, caught)} | (
            self.of_all([*handling, *node.orelse, *node.finalbody])
        )

    def _caught(self, handler: ast.ExceptHandler) -> Errors:
        """The errors that this `except` keeps from the caller: none if it raises them again."""
        again = any(isinstance(line, ast.Raise) and line.exc is None for line in handler.body)
        return set() if again or handler.type is None else self.of(handler.type)
