"""What each role of template.yaml may do, as a record keeps it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from deployment import template
from deployment.policies import Role
from workflows.rules.template import DEPLOYMENTS

Permissions: TypeAlias = dict[str, dict[str, list[str]]]
"""The resources of each action of each role."""


def granted(path: Path = template.TEMPLATE) -> Permissions:
    """What the roles of the template may do. A Deny is left out: it is no permission."""
    found: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for role in (role for roles in _roles(path) for role in roles.values()):
        for statement in role.statements:
            for action in statement.actions if statement.effect == "Allow" else ():
                found[role.name][action].update(statement.resources)
    return {
        role: {action: sorted(resources) for action, resources in sorted(actions.items())}
        for role, actions in sorted(found.items())
    }


def taken_away(old: Permissions) -> Iterator[tuple[str, str, str]]:
    """Each role, action and resource that today's template does not allow any more."""
    roles = _roles(template.TEMPLATE)
    for name, actions in old.items():
        for action, resources in actions.items():
            for resource in resources:
                if not any(name in each and each[name].allows(action, resource) for each in roles):
                    yield name, action, resource


def _roles(path: Path) -> list[Mapping[str, Role]]:
    """The roles of each deployment that the template can make."""
    return [template.read(path, values).roles for values in DEPLOYMENTS]
