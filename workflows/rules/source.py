"""The source of our functions, which rules read instead of running it."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module
from types import FunctionType, ModuleType
from typing import Any

OURS = {"api_handlers", "operations", "orders", "tasks"}


@cache
def body(function: FunctionType) -> list[ast.stmt]:
    """The statements of a function."""
    definition: Any = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    return list(definition.body)


def value(node: ast.AST, names: Mapping[str, Any]) -> Any:  # noqa: ANN401  # whatever has the name
    """What a name, or an attribute of a module, means among these globals; None if nothing."""
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        module = value(node.value, names)
        return getattr(module, node.attr, None) if isinstance(module, ModuleType) else None
    return None


def is_ours(function: Any) -> bool:  # noqa: ANN401  # any callable
    """Whether it is a function of the packages that are deployed, and not a generated one."""
    return (
        isinstance(function, FunctionType)
        and function.__module__.split(".")[0] in OURS
        and function.__code__.co_filename == function.__globals__["__file__"]
    )


@cache
def reached(function: Any) -> frozenset[FunctionType]:  # noqa: ANN401  # any callable
    """The function, and all functions of ours that it may call, directly or through others.

    A function counts as called where it is named, also inside a collection or as a method of a
    class that is named.
    """
    found: set[FunctionType] = set()
    ahead = [inspect.unwrap(function)]
    while ahead:
        each = ahead.pop()
        if is_ours(each) and each not in found:
            found.add(each)
            ahead += [inspect.unwrap(other) for used in names_in(each) for other in _members(used)]
    return frozenset(found)


@cache
def names_in(function: FunctionType) -> list[Any]:
    """What the names in the function's body mean, and what it imports."""
    nodes = [node for statement in body(function) for node in ast.walk(statement)]
    found = [value(node, function.__globals__) for node in nodes]
    found += [each for node in nodes for each in _imported(node)]
    return [each for each in found if each is not None]


def _imported(node: ast.AST) -> list[Any]:
    """What an import inside a function brings: modules, or what is taken from a module."""
    if isinstance(node, ast.Import):
        return [import_module(each.name) for each in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        module = import_module(node.module)
        return [getattr(module, each.name, None) for each in node.names]
    return []


def _members(used: Any) -> Iterable[Any]:  # noqa: ANN401  # whatever has the name
    """Itself, what a collection contains, or the methods and properties of a class."""
    if isinstance(used, Mapping):
        return [each for item in used.values() for each in _members(item)]
    if isinstance(used, list | tuple | set | frozenset):
        return [each for item in used for each in _members(item)]
    if isinstance(used, type):
        return [getattr(each, "fget", None) or each for each in vars(used).values()]
    return [used]
