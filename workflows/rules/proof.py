"""All checks and rules, in order: a definition without findings may be rendered."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from workflows.checks.asl import Machine
from workflows.checks.budget import check_budget
from workflows.checks.deployment import Deployment
from workflows.checks.flow import Flow
from workflows.checks.functions import check_functions
from workflows.checks.graph import check_paths, check_targets
from workflows.checks.known_errors import check_known_errors
from workflows.checks.reading import check_length, describe
from workflows.checks.versions import check_versions
from workflows.rules.bases import check_bases
from workflows.rules.compensation import check_compensation
from workflows.rules.defaults import check_defaults
from workflows.rules.kept_fields import check_kept_fields
from workflows.rules.labels import check_labels
from workflows.rules.outages import check_outages
from workflows.rules.raised_errors import check_raised_errors
from workflows.rules.results import check_results
from workflows.rules.retries import check_retries
from workflows.rules.saga import ORDER_PROCESSING, Saga


def findings(
    definition: dict[str, Any], deployment: Deployment, saga: Saga = ORDER_PROCESSING
) -> list[str]:
    """What is wrong with the definition, each finding a sentence with the state and the fix.

    Each stage relies on the earlier ones, so no stage runs after the first one with findings.
    """
    try:
        machine = Machine.model_validate(definition)
    except ValidationError as error:
        return list(describe(error))
    for stage in _stages(definition, machine, deployment, saga):
        if found := list(stage):
            return found
    return []


def _stages(
    definition: dict[str, Any], machine: Machine, deployment: Deployment, saga: Saga
) -> Iterator[Iterator[str]]:
    flow = Flow(machine, deployment, saga.input, saga.output)
    yield check_length(definition)
    yield check_targets(machine)
    yield check_paths(machine)
    yield check_functions(machine, deployment)
    yield check_outages(machine, deployment)
    yield check_versions(machine, deployment)
    yield _behaviour(flow, saga)
    yield _declarations(flow, saga)


def _behaviour(flow: Flow, saga: Saga) -> Iterator[str]:
    yield from flow.findings()
    yield from check_known_errors(flow.machine)
    yield from check_retries(flow.machine, saga)
    yield from check_compensation(flow.machine, saga)
    yield from check_budget(flow.machine)


def _declarations(flow: Flow, saga: Saga) -> Iterator[str]:
    yield from check_kept_fields(flow.machine, flow.deployment, saga)
    yield from check_bases(flow.machine, flow.deployment)
    yield from check_defaults(flow)
    yield from check_raised_errors(flow.machine, flow.deployment)
    yield from check_results(flow.machine, flow.deployment)
    yield from check_labels(flow.machine, flow.deployment)
