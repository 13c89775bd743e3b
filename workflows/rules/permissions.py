"""Every role may do what its function's code calls, and nothing else.

Which calls those are is declared beside each of them (orders/permissions.py), and found by reading
which functions the handler may reach. The state machine's role may invoke every version of the
functions that it substitutes, and deliver its logs.
"""

import inspect
import pydoc
from collections import Counter
from collections.abc import Iterable, Iterator
from types import FunctionType
from typing import NamedTuple

from deployment.iam_actions import RESOURCES, acts_on
from deployment.policies import Role
from deployment.template import Function, Template
from deployment.wildcards import matches
from orders.permissions import declared
from workflows.rules.source import names_in, reached

LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
)
"""What Step Functions needs to log to CloudWatch, on any resource (Step Functions Developer Guide,
"Using CloudWatch Logs to log execution history"; CreateLogStream and PutLogEvents are not asked of
the role when the log group's name starts with /aws/vendedlogs/)."""


class Call(NamedTuple):
    """An action on the ARN of a resource, either of which may have wildcards."""

    action: str
    resource: str

    def __str__(self) -> str:
        return f"{self.action} on {self.resource}"

    def includes(self, other: "Call") -> bool:
        """Whether this, as a grant, allows the other call and perhaps more."""
        return matches(self.action.lower(), other.action.lower()) and matches(
            self.resource, other.resource
        )


def check_permissions(template: Template) -> Iterator[str]:
    """Compare the roles of all functions, and of the state machine, with what they call."""
    for name, function in template.functions.items():
        yield from _undeclared(function)
        calls = set(_calls(function))
        yield from _unreal(name, calls)
        yield from _compare(name, template.roles[function.role], calls)
    its = template.state_machine
    yield from _compare("The state machine", its.role, set(_calls_of_machine(template)))


def _unreal(name: str, calls: Iterable[Call]) -> Iterator[str]:
    """Code and template may agree on a permission that AWS does not know."""
    for call in sorted(calls):
        if call.action not in RESOURCES:
            yield (
                f"{name} calls {call}, and deployment/iam_actions.py does not know the action: "
                "correct @needs, or add it with its resource."
            )
        elif not acts_on(*call):
            yield (
                f"{name} calls {call}, which is not a resource of this action: it needs "
                f"{RESOURCES[call.action]} (deployment/iam_actions.py)."
            )


def _calls(function: Function) -> Iterator[Call]:
    for each in reached(pydoc.locate(function.handler)):
        for permission in declared(each):
            if arn := permission.resource.arn_in(function.environment):
                yield Call(permission.action, arn)


def _calls_of_machine(template: Template) -> Iterator[Call]:
    """A function that is substituted, and that no state runs, is kept for orders in flight."""
    called = template.state_machine.substitutions.values()
    for function in template.functions.values():
        if any(arn.startswith(f"{function.arn}:") for arn in called):
            yield Call("lambda:InvokeFunction", f"{function.arn}:*")
    if template.state_machine.logs:
        yield from (Call(action, "*") for action in LOG_DELIVERY)


# The comparison.


def _compare(name: str, role: Role, calls: set[Call]) -> Iterator[str]:
    grants = Counter(_grants(role))
    refused = [call for call in calls if not role.allows(*call)]
    for call in sorted(refused):
        yield _missing(name, role, call, grants)
    for grant, times in sorted(grants.items()):
        if times > 1:
            yield f"{role.name} grants {grant} {times} times: remove all but one."
        if grant not in calls and grant.action not in {call.action for call in refused}:
            yield _unused(name, role, grant, calls)


def _grants(role: Role) -> Iterator[Call]:
    for statement in role.statements:
        if statement.effect == "Allow":
            for action in statement.actions:
                yield from (Call(action, resource) for resource in statement.resources)


def _missing(name: str, role: Role, call: Call, grants: Iterable[Call]) -> str:
    where = "in template.yaml, in its Policies or in an AWS::IAM::Policy that names the role"
    if role.denies(*call):
        return f"{name} calls {call}, which {role.name} denies: remove the Deny {where}."
    elsewhere = sorted(grant.resource for grant in grants if grant.action == call.action)
    only = f" (it allows it on {', '.join(elsewhere)})" if elsewhere else ""
    return f"{name} calls {call}, which {role.name} does not allow{only}: grant it {where}."


def _unused(name: str, role: Role, grant: Call, calls: Iterable[Call]) -> str:
    if wanted := sorted(str(call) for call in calls if grant.includes(call)):
        narrower = " and ".join(wanted)
        return f"{role.name} grants {grant}, which is more than is needed: grant {narrower}."
    return f"{role.name} grants {grant}, which {name} never calls: remove it."


# Calls that nobody declared.


def _undeclared(function: Function) -> Iterator[str]:
    functions = reached(pydoc.locate(function.handler))
    clients = {each for each in functions if "boto3" in map(_name, names_in(each))}
    for each in sorted(functions - clients, key=_name):
        if not declared(each) and not clients.isdisjoint(_functions(each)):
            yield (
                f"{each.__module__}.{each.__qualname__} calls AWS for {function.name}, and does "
                "not say which permission that needs: declare it with @needs."
            )


def _functions(function: FunctionType) -> list[object]:
    """The functions that it names, without their decorators."""
    return [inspect.unwrap(each) for each in names_in(function) if callable(each)]


def _name(named: object) -> str:
    return str(getattr(named, "__name__", ""))
