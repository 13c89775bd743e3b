"""What a machine is proved against: the functions it runs, and what is promised of it.

template.yaml says which functions there are, and their handlers say what each takes and gives,
so what is proved is what is deployed. Only the few lines that matter are read, and as they
stand: local/template.py needs a value for every parameter, and may not be imported from here.
"""

import inspect
import pydoc
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from orders.documents.workflow import AcceptedOrder, ProcessedOrder, WorkflowDocument
from workflows.checks.types import is_model

TEMPLATE = Path(__file__).parents[2] / "template.yaml"
LAMBDA_SECONDS = 3
"""A function's timeout where a template names none."""


class Signature(NamedTuple):
    """What a handler takes and gives, and what it says it raises."""

    takes: type[WorkflowDocument]
    gives: type[WorkflowDocument]
    story: str = ""


class Function(NamedTuple):
    """A deployed function. `timeout` in seconds; no signature when no such handler is there.

    `allowed`: the state machine's role may invoke it.
    """

    handler: str
    timeout: float
    signature: Signature | None
    allowed: bool = True


class Deployment(NamedTuple):
    """The functions by the names that the ASL has for them; what comes in and must come out."""

    functions: Mapping[str, Function]
    compensation: str = "FailOrder"
    takes: type[WorkflowDocument] = AcceptedOrder
    gives: type[WorkflowDocument] = ProcessedOrder


class _Loader(yaml.SafeLoader):
    """Reads `!GetAtt X.Arn` as `X.Arn`: a tag's own meaning does not matter here."""


def _value(loader: _Loader, _tag: str, node: yaml.Node) -> object:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else None


_Loader.add_multi_constructor("!", _value)


def deployed(template: Path = TEMPLATE) -> Deployment:
    """As template.yaml has it."""
    document = yaml.load(template.read_text("utf-8"), Loader=_Loader)  # noqa: S506  # a SafeLoader
    defaults = {"Timeout": LAMBDA_SECONDS} | document.get("Globals", {}).get("Function", {})
    functions = {
        name: _function(defaults | resource.get("Properties", {}))
        for name, resource in document["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }
    (machine,) = (
        resource["Properties"]
        for resource in document["Resources"].values()
        if resource["Type"] == "AWS::Serverless::StateMachine"
    )
    allowed = set(_invocable(machine))
    return Deployment(
        {
            substitution: functions[arn.removesuffix(".Arn")]._replace(allowed=arn in allowed)
            for substitution, arn in machine["DefinitionSubstitutions"].items()
            if arn.removesuffix(".Arn") in functions
        }
    )


def _invocable(machine: Mapping[str, Any]) -> Iterator[str]:
    """The functions' ARNs in the statements that allow lambda:InvokeFunction."""
    for policy in machine["Policies"]:
        for statement in policy["Statement"]:
            if statement["Action"] == "lambda:InvokeFunction":
                yield from statement["Resource"]


def _function(properties: Mapping[str, Any]) -> Function:
    handler = properties["Handler"]
    return Function(handler, float(properties["Timeout"]), _signature(pydoc.locate(handler)))


def _signature(handler: object) -> Signature | None:
    if not callable(handler):
        return None
    handle = inspect.unwrap(handler)
    match list(inspect.get_annotations(handle, eval_str=True).values()):
        case [takes, gives] if is_model(takes) and is_model(gives):
            return Signature(takes, gives, inspect.getdoc(handle) or "")
    return None
