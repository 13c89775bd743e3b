"""Finds the optional fields of a Task's input that no path to the Task ever fills.

FailOrder accepts an order from any forward state, so its fields have defaults. If a field were
renamed in every other model, FailOrder would always get the default, and nothing would fail.
"""

from collections.abc import Iterator

from pydantic import BaseModel

from workflows.checks.flow import Flow
from workflows.checks.graph import tasks
from workflows.checks.payloads import Payload, payload_of
from workflows.checks.types import bare, is_list, is_model, item


def check_defaults(flow: Flow) -> Iterator[str]:
    """Check each Task's input model against every payload that can reach the Task."""
    inputs = list(flow.inputs())
    for name, task in tasks(flow.machine).items():
        spec = flow.deployment[task.function].spec
        payloads = [each.payload for each in inputs if each.state == name]
        for field in _never_filled(payloads, spec.input) if spec else ():
            yield (
                f"{name} takes an optional {field}, and no path to it has one: add it to the "
                "output of a state before, or remove it from the model in "
                "orders/documents/workflow.py."
            )


def _never_filled(
    payloads: list[Payload], model: type[BaseModel], inside: str = ""
) -> Iterator[str]:
    for name, field in model.model_fields.items():
        types = [each.fields[name].type for each in payloads if name in each.fields]
        if not types and not field.is_required():
            yield f"{inside}{name}"
        if is_list(field.annotation) and is_model(bare(item(field.annotation))):
            items = [payload_of(bare(item(each))) for each in types if is_list(each)]
            yield from _never_filled(items, bare(item(field.annotation)), f"{inside}{name}[].")
