"""The real template with one change, and what the rules of the template find in it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from deployment.template import load
from tests.workflows.machines import assert_sentences
from workflows.rules.template import template_findings

Document: TypeAlias = dict[str, Any]
Change: TypeAlias = Callable[[Document], object]

TEMPLATE: Document = load()


def findings(change: Change) -> list[str]:
    """What is found once the template's resources are changed."""
    document = deepcopy(TEMPLATE)
    change(document["Resources"])
    return template_findings(document)


def assert_found(change: Change, *beginnings: str) -> None:
    """The changed template has findings that begin so, and no others."""
    assert_sentences(findings(change), *beginnings)


def properties(resources: Document, name: str) -> Any:  # noqa: ANN401  # YAML
    return resources[name]["Properties"]


def statements(resources: Document) -> Iterator[tuple[str, Document]]:
    """Every statement that grants something, and the resource that it is in."""
    for name in resources:
        its = resources[name].get("Properties", {})
        policies = [*its.get("Policies", ()), its.get("PolicyDocument", {})]
        for policy in policies:
            for statement in policy.get("Statement", ()):
                if statement["Effect"] == "Allow":
                    yield name, statement
