"""Every function can run, and is led to the database, bucket and state machine of its stack."""

import pydoc
from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from pydantic import ValidationError

from deployment.state_machine import StateMachine
from deployment.template import TEMPLATE, Function, Template
from orders import database
from orders.documents.validation import first_error
from orders.handlers import RouteSpec, TaskSpec
from orders.settings import Settings
from workflows.rules.source import reached

ASL = TEMPLATE.with_name("asl") / "order_processing.asl.json"
"""What scripts/render writes, and what is deployed."""


def check_connections(template: Template, meanings: Mapping[str, str]) -> Iterator[str]:
    """Check all functions. `meanings` are the right values of environment variables."""
    yield from _machine(template.state_machine)
    yield from _shared_settings(template.functions.values(), meanings)
    for function in template.functions.values():
        yield from _can_run(function)
        yield from _network(function)


def _machine(machine: StateMachine) -> Iterator[str]:
    if machine.kind != "STANDARD":
        yield (
            f"The state machine's Type is {machine.kind}, which keeps no executions to describe, "
            "and may run an order twice: set it to STANDARD."
        )
    if not machine.is_named:
        yield (
            "The state machine has no Name, so CloudFormation makes one up, which no "
            "STATE_MACHINE_ARN has: add Name."
        )
    if machine.file != ASL:
        yield (
            f"The state machine's DefinitionUri is {machine.file}, and scripts/render writes "
            f"{ASL}: correct DefinitionUri."
        )


def _can_run(function: Function) -> Iterator[str]:
    if function.concurrency == 0:
        yield (
            f"{function.name} has ReservedConcurrentExecutions 0, so Lambda refuses every "
            "invocation: remove it, or raise it."
        )
    spec = getattr(pydoc.locate(function.handler), "spec", None)
    if not isinstance(spec, TaskSpec | RouteSpec):
        yield (
            f"{function.name} has the Handler {function.handler}, which is no handler: make it "
            "with @task or @route, or correct Handler."
        )


def _shared_settings(functions: Collection[Function], meanings: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with all functions alike is in Globals, and is one finding."""
    wrong = {each.name: list(_settings(each, meanings)) for each in functions}
    counted = Counter(what for found in wrong.values() for what in found)
    for what, times in counted.items():
        if times == len(functions):
            yield f"Every function {what}."
    for name, found in wrong.items():
        yield from (f"{name} {what}." for what in found if counted[what] < len(functions))


def _settings(function: Function, meanings: Mapping[str, str]) -> Iterator[str]:
    wrong = {
        name: right
        for name, right in meanings.items()
        if function.environment.get(name, "") != right
    }
    for name, right in wrong.items():
        found = function.environment.get(name) or "nothing"
        should = right or "nothing"
        yield f"has {found} as its {name}: make that {should} in its Environment"
    if not wrong:
        yield from _lacking(function)


def _lacking(function: Function) -> Iterator[str]:
    """A variable that the code needs, and that no rule has a meaning for."""
    given = {name.lower(): text for name, text in function.environment.items() if text}
    try:
        Settings.model_validate(given)
    except ValidationError as error:
        _, name, message = first_error(error)
        yield f"has no right {name.upper()} ({message}): correct its Environment"


def _network(function: Function) -> Iterator[str]:
    """A VpcConfig may be left to parameters; where they are given, it must have both lists."""
    uses_database = database.connect in reached(pydoc.locate(function.handler))
    lacking = [name for name in ("SubnetIds", "SecurityGroupIds") if not function.vpc.get(name)]
    if uses_database and lacking:
        yield (
            f"{function.name} uses the database, and its VpcConfig lacks {' and '.join(lacking)} "
            "when they are given as parameters: add them."
        )
