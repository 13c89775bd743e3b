"""The page, put together, and the README with its diagram."""

from typing import Any

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.page.budget import budget_table, events_sentence
from workflows.page.cost import cost_table
from workflows.page.diagram import diagram
from workflows.page.retries import errors_tables, policies_table
from workflows.page.states import states_table

_PAGE = """\
# OrderProcessingStateMachine

{comment} `scripts/render` writes this page from `workflows/` once all checks have passed.

{diagram}
The label of a solid arrow says what is true of the order once the state before it has run. A
dotted arrow is taken when a state has used up its retries, or at once after an error that is not
retried.

## States

{states}
Besides the errors in the last column, every task can end in the [errors below](#errors), and in a
bug, which is not retried.

## The longest that an execution can take

{budget}
{events}

In the worst case every attempt runs into its timeout. Each retrier counts its own attempts, so
different errors, one after the other, can use up all retriers of a state. Jitter only shortens the
waits.

## Retries

{policies}
Each wait has full jitter: its length is drawn between 0 and what is given here, so that orders do
not come back all at once. An order that waits keeps its stock. FailOrder waits for hours: if the
database was away since the order was accepted, no table knows of it, so nobody else can repair it.

## What an order costs

{cost}

## Errors

{errors}"""


def page(definition: dict[str, Any], deployment: Deployment) -> str:
    """The page in Markdown, of a definition that has passed the checks."""
    machine = Machine.model_validate(definition)
    return _PAGE.format(
        comment=machine.comment,
        diagram=diagram(machine, deployment),
        states=states_table(machine, deployment),
        budget=budget_table(machine),
        events=events_sentence(machine),
        policies=policies_table(machine),
        cost=cost_table(machine),
        errors=errors_tables(),
    )


def with_diagram(readme: str, definition: dict[str, Any], deployment: Deployment) -> str:
    """The README's text with its one diagram brought up to date."""
    before, _, rest = readme.partition("```mermaid\n")
    _, _, after = rest.partition("```\n")
    return before + diagram(Machine.model_validate(definition), deployment) + after
