"""asl/order_processing.md: the machine as a person wants to see it."""

from typing import Any

from workflows.checks.asl import Machine
from workflows.checks.deployment import Deployment
from workflows.page.budget import budget_table
from workflows.page.cost import cost_table
from workflows.page.diagram import diagram
from workflows.page.states import states_table

_PAGE = """\
# OrderProcessingStateMachine

{comment} `scripts/render` writes this page from `workflows/`, once all its checks have passed.

{diagram}
Solid arrows say what is true of the order by then; dotted ones are taken when a state's tries
are used up, or at once after an error that is not retried.

## States

{states}
Each can also end in what lies outside it: an outage (the leaves of `Unavailable`), Lambda's own
errors or `States.Timeout`, after its tries; `DatabaseRefused`, at once.

## The longest it can take

{budget}
Every attempt runs into its timeout, and every retrier has attempts of its own, so different
errors in turn use up all of them. Jitter only makes the waits shorter.

## What an order costs

{cost}
"""


def page(definition: dict[str, Any], deployment: Deployment) -> str:
    """In Markdown; of a definition that the checks have passed."""
    machine = Machine.model_validate(definition)
    return _PAGE.format(
        comment=machine.comment,
        diagram=diagram(machine, deployment),
        states=states_table(machine, deployment),
        budget=budget_table(machine),
        cost=cost_table(machine),
    )


def in_readme(text: str, definition: dict[str, Any], deployment: Deployment) -> str:
    """The README with its one diagram as it is now."""
    before, _, rest = text.partition("```mermaid\n")
    _, _, after = rest.partition("```\n")
    return before + diagram(Machine.model_validate(definition), deployment) + after
