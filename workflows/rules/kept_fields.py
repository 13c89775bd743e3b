"""Every field of the accepted order is kept, unless `ends_in` names the state where it ends.

These models must have the field: the output of every forward state, the input of the compensation,
and the order in the API and in its backup. tests/tasks/test_every_field_is_kept.py tests that the
code keeps its value, too.
"""

from collections.abc import Iterator
from typing import NamedTuple

from pydantic import BaseModel

from orders.handlers import TaskSpec
from workflows.checks.asl import Machine, Task
from workflows.checks.deployment import Deployment
from workflows.checks.graph import forward_path
from workflows.checks.types import bare, is_list, is_model, item
from workflows.rules.saga import Saga


class Keeper(NamedTuple):
    """A model that must have these fields, and the name of its user for findings."""

    user: str
    model: type[BaseModel]
    fields: set[str]


def check_kept_fields(machine: Machine, deployment: Deployment, saga: Saga) -> Iterator[str]:
    """Check every field of the saga's input, fields of items included."""
    yield from _stale_declarations(machine, saga)
    for user, model, fields in _keepers(machine, deployment, saga):
        for field in sorted(fields - set(field_names(model))):
            yield (
                f"{user} drops {field}, which {model.__name__} lacks: add it there, or declare in "
                "ends_in (workflows/rules/saga.py) in which state it ends."
            )


def field_names(model: type[BaseModel], inside: str = "") -> Iterator[str]:
    """The names of its fields, with those of its items: `items`, `items[].quantity`."""
    for name, field in model.model_fields.items():
        yield f"{inside}{name}"
        if is_list(field.annotation) and is_model(bare(item(field.annotation))):
            yield from field_names(bare(item(field.annotation)), f"{inside}{name}[].")


def _keepers(machine: Machine, deployment: Deployment, saga: Saga) -> Iterator[Keeper]:
    fields = set(field_names(saga.input))
    path = forward_path(machine)
    for place, name in enumerate(path, 1):
        ended = {field for field, state in saga.ends_in.items() if state in path[:place]}
        if spec := _spec(machine, deployment, name):
            yield Keeper(name, spec.output, fields - ended)
    kept = fields - saga.ends_in.keys()
    if spec := _spec(machine, deployment, saga.compensation):
        yield Keeper(saga.compensation, spec.input, kept)
    yield Keeper("The API, with the backup,", saga.stored_as, kept)


def _spec(machine: Machine, deployment: Deployment, name: str) -> TaskSpec | None:
    state = machine.states.get(name)
    return deployment[state.function].spec if isinstance(state, Task) else None


def _stale_declarations(machine: Machine, saga: Saga) -> Iterator[str]:
    fields = set(field_names(saga.input))
    for field, state in saga.ends_in.items():
        if field not in fields:
            yield (
                f"{field} is declared to end in {state}, and {saga.input.__name__} does not have "
                "it: correct ends_in in workflows/rules/saga.py."
            )
        if state not in forward_path(machine):
            yield (
                f"{field} is declared to end in {state}, which is no forward state: correct "
                "ends_in in workflows/rules/saga.py."
            )
