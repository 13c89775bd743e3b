"""What template.yaml says: functions, roles, routes, schedules and the state machine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deployment import cloudformation
from deployment.cloudformation import Resolver
from deployment.errors import InvalidTemplate
from deployment.policies import Role
from deployment.roles import read_roles, role_name
from deployment.schedules import Schedule, read_schedule
from deployment.shape import check_shape
from deployment.state_machine import StateMachine, read_state_machine

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
"""The project's own template."""


@dataclass(frozen=True)
class Function:
    """A Lambda function. `timeout` is in seconds, `memory` in MB, not enforced locally.

    `folder` is the template's, from which a local run imports the handler. `version` is the number
    under which the function is published. `concurrency` is ReservedConcurrentExecutions, None for
    the account's own limit; `vpc` is VpcConfig, empty outside a VPC. Neither is enforced locally.
    """

    name: str
    arn: str
    handler: str
    timeout: float
    memory: int
    environment: Mapping[str, str]
    folder: Path = TEMPLATE.parent
    version: int = 1
    concurrency: int | None = None
    vpc: Mapping[str, Any] = field(default_factory=dict)

    @property
    def role(self) -> str:
        """The logical id of the role under which the function calls AWS."""
        return role_name(self.name)


@dataclass(frozen=True)
class Route:
    """One method of one API resource, the function behind it, and whether callers need a key."""

    method: str
    path: str
    function: str
    needs_key: bool = True


@dataclass(frozen=True)
class Template:
    """template.yaml with local values in place of its expressions."""

    functions: dict[str, Function]
    roles: dict[str, Role]
    routes: list[Route]
    schedules: list[Schedule]
    binary_types: list[str]
    error_headers: dict[str, str]
    """The headers of the API's own error responses, by name, each as a mapping expression."""
    state_machine: StateMachine


def read(
    path: Path = TEMPLATE, values: Mapping[str, str] | None = None, version: int = 1
) -> Template:
    """Read a SAM template. Raises InvalidTemplate when it cannot be used.

    `values` maps parameters to their values, and logical ids of resources to physical names.
    Without `values`, the value of a parameter that has no default is the parameter's name. That
    is enough to read routes, handlers, timeouts and permissions. `version` is the number of the
    functions' version that is published.
    """
    return of_document(load(path), path, values, version)


def load(path: Path = TEMPLATE) -> dict[str, Any]:
    """The template's document, with its expressions. Raises InvalidTemplate."""
    try:
        document: dict[str, Any] = cloudformation.load(path.read_text("utf-8"))
    except OSError as error:
        message = f"Cannot read {error.filename}: {error.strerror}."
        raise InvalidTemplate(message) from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise InvalidTemplate(f"{path}: line {line}: {error.problem}.") from error
    except (
        ValueError,
        yaml.YAMLError,
    ) as error:  # bytes that are not UTF-8, or are control characters
        raise InvalidTemplate(f"{path} is no text: {error}.") from error
    return document


def of_document(
    document: Mapping[str, Any],
    path: Path = TEMPLATE,
    values: Mapping[str, str] | None = None,
    version: int = 1,
) -> Template:
    """As `read`, but for a document that was already loaded from this path."""
    check_shape(document, path)
    try:
        known = _own_names(document) if values is None else values
        return _Reader(path.parent.resolve(), Resolver(document, known, version)).template()
    except (LookupError, TypeError, ValueError) as error:
        raise InvalidTemplate(f"{path} is not a template that can run here: {error!r}.") from error


def _own_names(document: Mapping[str, Any]) -> dict[str, str]:
    parameters = document.get("Parameters", {})
    return {name: name for name, each in parameters.items() if "Default" not in each}


@dataclass(frozen=True)
class _Reader:
    folder: Path
    resolver: Resolver

    def template(self) -> Template:
        functions = list(self._resources("Function"))
        roles = read_roles(self.resolver)
        return Template(
            functions={name: self._function(name, its) for name, its in functions},
            roles=roles,
            routes=[route for name, its in functions for route in _routes(name, its)],
            schedules=[each for name, its in functions for each in self._schedules(name, its)],
            binary_types=list(self._binary_types()),
            error_headers=self._error_headers(),
            state_machine=self._state_machine(roles),
        )

    def _resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self.resolver.document["Resources"].items():
            is_created = self.resolver.is_created(resource)
            if resource["Type"] == f"AWS::Serverless::{kind}" and is_created:
                yield name, resource.get("Properties", {})

    def _function(self, name: str, properties: dict[str, Any]) -> Function:
        defaults = self._globals("Function")
        merged = defaults | properties
        return Function(
            name=name,
            arn=self.resolver.arn(name),
            handler=merged["Handler"],
            timeout=float(self.resolver.resolve(merged.get("Timeout", 3))),
            memory=int(self.resolver.resolve(merged.get("MemorySize", 128))),
            environment=self._environment(defaults) | self._environment(properties),
            folder=self.folder,
            version=self.resolver.version,
            concurrency=self.resolver.resolve(merged.get("ReservedConcurrentExecutions")),
            vpc=self.resolver.resolve(merged.get("VpcConfig")) or {},
        )

    def _globals(self, kind: str) -> dict[str, Any]:
        return dict(self.resolver.document.get("Globals", {}).get(kind, {}))

    def _environment(self, properties: dict[str, Any]) -> dict[str, str]:
        variables = properties.get("Environment", {}).get("Variables", {})
        resolved = self.resolver.resolve(variables)
        return {name: str(value) for name, value in resolved.items() if value is not None}

    def _schedules(self, function: str, properties: dict[str, Any]) -> Iterator[Schedule]:
        for event in properties.get("Events", {}).values():
            if event["Type"] == "Schedule":
                schedule = self.resolver.resolve(event["Properties"])
                if schedule.get("Enabled", True):
                    yield read_schedule(function, schedule)

    def _binary_types(self) -> Iterator[str]:
        apis = [self._globals("Api"), *(its for _, its in self._resources("Api"))]
        for api in apis:
            yield from (kind.replace("~1", "/") for kind in api.get("BinaryMediaTypes", []))

    def _error_headers(self) -> dict[str, str]:
        """Those of DEFAULT_4XX; a test of ours holds that DEFAULT_5XX has the same."""
        for _, api in self._resources("Api"):
            responses = self.resolver.resolve(api.get("GatewayResponses", {}))
            parameters = responses.get("DEFAULT_4XX", {}).get("ResponseParameters", {})
            return {k: str(v) for k, v in parameters.get("Headers", {}).items() if v is not None}
        return {}

    def _state_machine(self, roles: Mapping[str, Role]) -> StateMachine:
        machines = dict(self._resources("StateMachine"))
        if len(machines) != 1:
            names = ", ".join(machines) or "none"
            message = f"template.yaml must have one AWS::Serverless::StateMachine, and has {names}."
            raise InvalidTemplate(message)
        ((name, properties),) = machines.items()
        role = roles[role_name(name)]
        return read_state_machine(name, properties, self.folder, self.resolver, role)


def _routes(function: str, properties: dict[str, Any]) -> Iterator[Route]:
    for event in properties.get("Events", {}).values():
        if event["Type"] == "Api":
            route = event["Properties"]
            needs_key = route.get("Auth", {}).get("ApiKeyRequired", True)
            yield Route(route["Method"].upper(), route["Path"], function, needs_key)
