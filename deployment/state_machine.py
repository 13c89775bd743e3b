"""The state machine: its definition, its substitutions and what its role may invoke."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deployment.cloudformation import Resolver
from deployment.errors import InvalidTemplate


@dataclass(frozen=True)
class StateMachine:
    """A state machine as the template describes it.

    `file` holds its ASL, `substitutions` the ARNs by the names that the ASL uses, `invocable`
    the ARNs of the functions that its role may invoke.
    """

    name: str
    arn: str
    file: Path
    substitutions: Mapping[str, str]
    invocable: frozenset[str]

    @cached_property
    def definition(self) -> str:
        """ASL text with its substitutions made; raises InvalidTemplate.

        Read when it is asked for, so that the checks can read a template whose ASL is not
        rendered yet.
        """
        try:
            text = self.file.read_text("utf-8")
        except OSError as error:
            message = f"Cannot read {self.file}: {error.strerror}."
            raise InvalidTemplate(message) from error
        return re.sub(r"\$\{(\w+)\}", self._substitute, text)

    def _substitute(self, found: re.Match[str]) -> str:
        if found[1] not in self.substitutions:
            message = (
                f"{self.file} has {found[0]}, which template.yaml does not substitute: add "
                f"{found[1]} to DefinitionSubstitutions."
            )
            raise InvalidTemplate(message)
        return str(self.substitutions[found[1]])


def read_state_machine(
    name: str, properties: Mapping[str, Any], folder: Path, resolver: Resolver
) -> StateMachine:
    """The state machine of these properties; `folder` is the template's."""
    arn = resolver.arn(name)
    return StateMachine(
        name=arn.rsplit(":", 1)[1],
        arn=arn,
        file=folder / properties["DefinitionUri"],
        substitutions=resolver.resolve(properties.get("DefinitionSubstitutions", {})),
        invocable=frozenset(_invocable(properties, resolver)),
    )


def _invocable(properties: Mapping[str, Any], resolver: Resolver) -> Iterator[str]:
    """The ARNs in the role's statements that allow lambda:InvokeFunction."""
    for policy in properties.get("Policies", ()):
        for statement in policy["Statement"]:
            allowed = statement["Effect"] == "Allow"
            if allowed and "lambda:InvokeFunction" in _listed(statement["Action"]):
                yield from _listed(resolver.resolve(statement["Resource"]))


def _listed(one_or_more: str | list[str]) -> list[str]:
    return [one_or_more] if isinstance(one_or_more, str) else one_or_more
