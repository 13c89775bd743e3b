"""Fields with a default that no way ever fills.

FailOrder takes the order as far as it came, so its fields have defaults; a field that was
renamed everywhere else would silently be its default for ever.
"""

from collections.abc import Iterator

from pydantic import BaseModel

from workflows.checks.asl import Machine, Task
from workflows.checks.deployment import Deployment
from workflows.checks.flow import arrivals
from workflows.checks.payloads import Document, made_by
from workflows.checks.types import bare, is_list, is_model, item


def check_defaults(machine: Machine, deployment: Deployment) -> Iterator[str]:
    """Each task's fields, against all documents that come to it."""
    coming = list(arrivals(machine, deployment))
    for name, state in machine.states.items():
        signature = (
            deployment.functions[state.function].signature if isinstance(state, Task) else None
        )
        documents = [arrival.document for arrival in coming if arrival.state == name]
        for field in _unfilled(documents, signature.takes) if signature else ():
            yield (
                f"{name} takes {field} where there is one, and no way to it brings one: give it, "
                "or take it out of its model in orders/contracts.py."
            )


def _unfilled(documents: list[Document], model: type[BaseModel], inside: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        given = [each.fields[name].kind for each in documents if name in each.fields]
        if not given and not field.is_required():
            yield f"{inside}{name}"
        if is_list(field.annotation) and is_model(bare(item(field.annotation))):
            items = [made_by(bare(item(kind))) for kind in given if is_list(kind)]
            yield from _unfilled(items, bare(item(field.annotation)), f"{inside}{name}[].")
