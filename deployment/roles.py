"""The roles of the functions and of the state machine, as SAM makes them from template.yaml.

A role has the inline `Policies` of its function or state machine, and those resources of type
AWS::IAM::Policy that name it. Policies of buckets apply to every role. SAM also adds permissions
to write logs and to use network interfaces in a VPC; these are not read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from deployment.cloudformation import Resolver
from deployment.errors import InvalidTemplate
from deployment.policies import Role, Statement, listed, read_statements

OWNERS = ("AWS::Serverless::Function", "AWS::Serverless::StateMachine")
_FOREIGN = {
    "Role": "use Policies, from which SAM makes the role",
    "PermissionsBoundary": "remove it, or teach deployment/roles.py to evaluate it",
}


def role_name(owner: str) -> str:
    """The logical id that SAM gives to the role of this function or state machine."""
    return f"{owner}Role"


def read_roles(resolver: Resolver) -> dict[str, Role]:
    """The roles by their logical ids. Raises InvalidTemplate for what cannot be evaluated."""
    return _Reader(resolver).roles()


class _Reader(NamedTuple):
    resolver: Resolver

    def roles(self) -> dict[str, Role]:
        everybody = tuple(self._of_buckets())
        own = {
            role_name(name): tuple(self._inline(name, properties))
            for kind in OWNERS
            for name, properties in self._resources(kind)
        }
        for name, statements in self._attached(own):
            own[name] += statements
        self._refuse_others()
        return {name: Role(name, (*own[name], *everybody)) for name in own}

    def _resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for name, resource in self.resolver.document["Resources"].items():
            if resource["Type"] == kind and self.resolver.is_created(resource):
                yield name, resource.get("Properties", {})

    def _inline(self, owner: str, properties: Mapping[str, Any]) -> Iterator[Statement]:
        for name in properties.keys() & _FOREIGN.keys():
            raise InvalidTemplate(f"{owner} has a {name}, which is not read: {_FOREIGN[name]}.")
        policies = listed(self.resolver.resolve(properties.get("Policies", ())))
        for policy in (each for each in policies if each is not None):  # None: AWS::NoValue
            if not isinstance(policy, dict) or "Statement" not in policy:
                named = policy if isinstance(policy, str) else ", ".join(policy)
                raise InvalidTemplate(
                    f"{owner} has the policy {named}, whose statements are not in template.yaml: "
                    "write the statements instead."
                )
            yield from read_statements(policy, owner)

    def _attached(self, roles: Mapping[str, object]) -> Iterator[tuple[str, tuple[Statement, ...]]]:
        for policy, properties in self._resources("AWS::IAM::Policy"):
            if others := sorted(properties.keys() & {"Users", "Groups"}):
                raise InvalidTemplate(f"{policy} has {', '.join(others)}: attach it to Roles only.")
            document = self.resolver.resolve(properties["PolicyDocument"])
            statements = tuple(read_statements(document, policy))
            for reference in properties.get("Roles", ()):
                if reference not in ({"Ref": name} for name in roles):
                    raise InvalidTemplate(
                        f"{policy} is attached to {reference}, which is the role of no function or "
                        "state machine: correct Roles."
                    )
                yield reference["Ref"], statements

    def _of_buckets(self) -> Iterator[Statement]:
        for policy, properties in self._resources("AWS::S3::BucketPolicy"):
            document = self.resolver.resolve(properties["PolicyDocument"])
            for statement in listed(document["Statement"]):
                if (statement.get("Effect"), statement.get("Principal")) != ("Deny", "*"):
                    raise InvalidTemplate(
                        f"{policy} must only deny, and to everybody (Principal: '*'): grant to "
                        "the roles of functions instead."
                    )
            yield from read_statements(document, policy, names_principal=True)

    def _refuse_others(self) -> None:
        for name, resource in self.resolver.document["Resources"].items():
            kind = resource["Type"]
            if kind == "AWS::Serverless::Connector" or (
                kind.startswith("AWS::IAM::") and kind != "AWS::IAM::Policy"
            ):
                raise InvalidTemplate(
                    f"{name} is a {kind}, whose permissions are not read: use Policies of the "
                    "function, or an AWS::IAM::Policy."
                )
