"""IAM policies: their statements, and what a role with these statements may do.

Evaluated as IAM does (reference_policies_evaluation-logic in AWS's IAM User Guide): an explicit
Deny wins, everything else needs an Allow. What cannot be evaluated is refused by name, never
ignored.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from deployment.conditions import are_met
from deployment.errors import InvalidTemplate
from deployment.wildcards import matches

_KNOWN = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}


@dataclass(frozen=True)
class Statement:
    """A statement whose conditions are met. Actions and resources may have wildcards."""

    effect: Literal["Allow", "Deny"]
    actions: tuple[str, ...]
    resources: tuple[str, ...]

    def covers(self, action: str, resource: str) -> bool:
        """Whether the statement is about this action on this resource."""
        return any(matches(each.lower(), action.lower()) for each in self.actions) and any(
            matches(each, resource) for each in self.resources
        )


@dataclass(frozen=True)
class Role:
    """A role by the logical id that it has in the deployed stack."""

    name: str
    statements: tuple[Statement, ...]

    def allows(self, action: str, resource: str) -> bool:
        """Whether the role may perform the action, as `states:StartExecution`, on the ARN."""
        return self._effects(action, resource) == {"Allow"}

    def denies(self, action: str, resource: str) -> bool:
        """Whether a statement denies it explicitly, whatever the others allow."""
        return "Deny" in self._effects(action, resource)

    def _effects(self, action: str, resource: str) -> set[str]:
        return {each.effect for each in self.statements if each.covers(action, resource)}


def read_statements(
    document: Mapping[str, Any], owner: str, *, names_principal: bool = False
) -> Iterator[Statement]:
    """The statements of a policy document without expressions, except those that never apply.

    `owner` is what the policy belongs to, for errors. The policy of a resource names a principal,
    the policy of a role does not. Raises InvalidTemplate.
    """
    for statement in listed(document.get("Statement", ())):
        if not isinstance(statement, dict):
            raise InvalidTemplate(f"{owner} has the Statement {statement}, which is no mapping.")
        where = f"The statement {statement.get('Sid', '(without Sid)')} of {owner}"
        _check(statement, where, names_principal=names_principal)
        if are_met(statement.get("Condition", {}), where):
            actions, resources = (_texts(statement, name, where) for name in ("Action", "Resource"))
            yield Statement(statement["Effect"], actions, resources)


def _check(statement: Mapping[str, Any], where: str, *, names_principal: bool) -> None:
    if unknown := sorted(statement.keys() - _KNOWN):
        message = f"{where} has {', '.join(unknown)}, which is not evaluated: list what it means."
        raise InvalidTemplate(message)
    conditions = statement.get("Condition", {})
    if not isinstance(conditions, dict) or not all(
        isinstance(k, dict) for k in conditions.values()
    ):
        raise InvalidTemplate(f"{where} has a Condition that is no mapping: {conditions}.")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise InvalidTemplate(f"{where} has no Effect: set it to Allow.")
    if names_principal != ("Principal" in statement):
        needs = "needs a Principal" if names_principal else "has a Principal: remove it"
        raise InvalidTemplate(f"{where} {needs}.")


def _texts(statement: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    texts = tuple(listed(statement.get(name, ())))
    if not texts or not all(isinstance(text, str) and text for text in texts):
        raise InvalidTemplate(f"{where} has no {name}, or one that is no text: name it.")
    if variables := [text for text in texts if "${" in text]:
        raise InvalidTemplate(f"{where} has a policy variable, which is not evaluated: {variables}")
    return texts


def listed(one_or_more: Any) -> Iterable[Any]:  # noqa: ANN401  # as CloudFormation has it
    """A list, where CloudFormation and IAM take one item or a list of them."""
    return one_or_more if isinstance(one_or_more, list | tuple) else [one_or_more]
