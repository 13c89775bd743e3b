"""The state machine: its definition, its substitutions and its role."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from deployment.cloudformation import Resolver
from deployment.errors import InvalidTemplate
from deployment.policies import Role


@dataclass(frozen=True)
class StateMachine:
    """A state machine as the template describes it.

    `file` holds its ASL, `substitutions` the ARNs by the names that the ASL uses. It calls Lambda
    under its `role`. `kind` is its Type, STANDARD or EXPRESS. Without a Name, `is_named` is false,
    and CloudFormation makes one up. `logs` says whether it writes to a log group.
    """

    name: str
    arn: str
    file: Path
    substitutions: Mapping[str, str]
    role: Role
    kind: str
    is_named: bool
    logs: bool

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

    def may_invoke(self, function_arn: str) -> bool:
        """Whether its role may invoke this function, or this version of a function."""
        return self.role.allows("lambda:InvokeFunction", function_arn)

    def _substitute(self, found: re.Match[str]) -> str:
        if found[1] not in self.substitutions:
            message = (
                f"{self.file} has {found[0]}, which template.yaml does not substitute: add "
                f"{found[1]} to DefinitionSubstitutions."
            )
            raise InvalidTemplate(message)
        return str(self.substitutions[found[1]])


def read_state_machine(
    name: str, properties: Mapping[str, Any], folder: Path, resolver: Resolver, role: Role
) -> StateMachine:
    """The state machine of these properties; `folder` is the template's."""
    arn = resolver.arn(name)
    return StateMachine(
        name=arn.rsplit(":", 1)[1],
        arn=arn,
        file=folder / properties["DefinitionUri"],
        substitutions=resolver.resolve(properties.get("DefinitionSubstitutions", {})),
        role=role,
        kind=properties.get("Type", "STANDARD"),
        is_named="Name" in properties,
        logs="Destinations" in properties.get("Logging", {}),
    )
