"""Finds out who calls by the access key, and refuses in AWS's own words."""

from collections.abc import Callable, Mapping

from deployment.cloudformation import ACCOUNT
from deployment.policies import Role

ADMINISTRATOR = "test"
"""The access key id of the stack's own set-up, of operators and of tests: it is allowed everything.

A function, and the state machine, has the name of its role as its access key id.
"""


class Callers:
    """The roles that may call.

    `roles` returns them by their access keys, as they are now: a deployment changes them.
    """

    def __init__(self, roles: Callable[[], Mapping[str, Role]]) -> None:
        self._roles = roles

    def refusal(self, access_key: str, action: str, resource: str) -> str | None:
        """Why the caller may not perform the action on the ARN, or None when it may."""
        if self.may(access_key, action, resource):
            return None
        user = f"arn:aws:sts::{ACCOUNT}:assumed-role/{access_key or 'nobody'}/local"
        return (
            f"User: {user} is not authorized to perform: {action} on resource: {resource} "
            f"{self._reason(access_key, action, resource)}"
        )

    def may(self, access_key: str, action: str, resource: str) -> bool:
        """Whether the caller may perform the action on the ARN."""
        if access_key == ADMINISTRATOR:
            return True
        role = self._roles().get(access_key)
        return role is not None and role.allows(action, resource)

    def _reason(self, access_key: str, action: str, resource: str) -> str:
        role = self._roles().get(access_key)
        if role is None:
            return "because no role of template.yaml has this access key"
        if role.denies(action, resource):
            return "with an explicit deny in a policy"
        return f"because no identity-based policy allows the {action} action"
