"""What must hold before a state machine is rendered.

Each finding is a sentence that names the state and the way out. One kind of check comes after
another, as each relies on those before: fields, targets, ways, then everything else.
"""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from workflows.checks.asl import Machine
from workflows.checks.budget import check_budget
from workflows.checks.deployment import Deployment
from workflows.checks.failures import check_failures
from workflows.checks.flow import check_flow
from workflows.checks.functions import check_functions
from workflows.checks.graph import check_targets, check_ways
from workflows.checks.reading import misread, too_long
from workflows.rules.compensation import check_compensation
from workflows.rules.defaults import check_defaults


def findings(definition: dict[str, Any], deployment: Deployment) -> list[str]:
    """What is wrong with the definition; nothing, when it may be rendered."""
    try:
        machine = Machine.model_validate(definition)
    except ValidationError as error:
        return list(misread(error))
    for stage in _stages(definition, machine, deployment):
        if found := list(stage):
            return found
    return []


def _stages(
    definition: dict[str, Any], machine: Machine, deployment: Deployment
) -> Iterator[Iterator[str]]:
    yield too_long(definition)
    yield check_targets(machine)
    yield check_ways(machine)
    yield check_functions(machine, deployment)
    yield _everything_else(machine, deployment)
    yield check_defaults(machine, deployment)


def _everything_else(machine: Machine, deployment: Deployment) -> Iterator[str]:
    yield from check_flow(machine, deployment)
    yield from check_failures(machine, deployment)
    yield from check_compensation(machine, deployment)
    yield from check_budget(machine)
