"""What template.yaml says: functions, routes, schedules, the bucket and the state machine."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deployment import cloudformation, rate
from deployment.cloudformation import Resolver
from deployment.errors import InvalidTemplate


@dataclass(frozen=True)
class Function:
    """A Lambda function. `timeout` in seconds, `memory` in MB (reported only)."""

    name: str
    arn: str
    handler: str
    timeout: float
    memory: int
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Route:
    """One method of one API resource, and the function behind it."""

    method: str
    path: str
    function: str


@dataclass(frozen=True)
class Schedule:
    """A function that runs every so many `seconds`, on the `input` (JSON) or an event as such."""

    function: str
    seconds: float
    input: str | None


@dataclass(frozen=True)
class StateMachine:
    """`definition` is ASL text with its substitutions made."""

    name: str
    arn: str
    definition: str


@dataclass(frozen=True)
class Template:
    """template.yaml with local values in place of its expressions."""

    functions: dict[str, Function]
    routes: list[Route]
    schedules: list[Schedule]
    binary_types: list[str]
    state_machine: StateMachine


def read(path: Path, values: Mapping[str, str]) -> Template:
    """Read a SAM template. Raises InvalidTemplate when it cannot be used."""
    try:
        document = cloudformation.load(path.read_text())
        return _Reader(path.parent, Resolver(document, values)).template()
    except OSError as error:
        message = f"Cannot read {error.filename}: {error.strerror}."
        raise InvalidTemplate(message) from error
    except (LookupError, TypeError, ValueError, yaml.YAMLError) as error:
        message = f"{path} is not a template that can run here: {error!r}."
        raise InvalidTemplate(message) from error


@dataclass(frozen=True)
class _Reader:
    folder: Path
    resolver: Resolver

    def template(self) -> Template:
        functions = list(self._resources("Function"))
        return Template(
            functions={name: self._function(name, this) for name, this in functions},
            routes=[route for name, this in functions for route in _routes(name, this)],
            schedules=[each for name, this in functions for each in self._schedules(name, this)],
            binary_types=list(self._binary_types()),
            state_machine=list(self._state_machines())[0],  # noqa: RUF015  # an IndexError when there is none,
        )

    def _resources(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, resource in self.resolver.document["Resources"].items():
            if resource["Type"] == f"AWS::Serverless::{kind}":
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
                said = self.resolver.resolve(event["Properties"])
                if said.get("Enabled", True):
                    yield _schedule(function, said)

    def _binary_types(self) -> Iterator[str]:
        apis = [self._globals("Api"), *(this for _, this in self._resources("Api"))]
        for api in apis:
            yield from (kind.replace("~1", "/") for kind in api.get("BinaryMediaTypes", []))

    def _state_machines(self) -> Iterator[StateMachine]:
        for name, this in self._resources("StateMachine"):
            arn = self.resolver.arn(name)
            text = (self.folder / this["DefinitionUri"]).read_text()
            substitutions = self.resolver.resolve(this.get("DefinitionSubstitutions", {}))
            yield StateMachine(arn.rsplit(":", 1)[1], arn, _substitute(text, substitutions))


def _substitute(text: str, substitutions: Mapping[str, str]) -> str:
    return re.sub(r"\$\{(\w+)\}", lambda found: str(substitutions[found[1]]), text)


def _schedule(function: str, said: Mapping[str, Any]) -> Schedule:
    text = said.get("Input")
    json.loads(text or "{}")  # a ValueError, here and not at each run
    return Schedule(function, rate.seconds(said["Schedule"]), text)


def _routes(function: str, properties: dict[str, Any]) -> Iterator[Route]:
    for event in properties.get("Events", {}).values():
        if event["Type"] == "Api":
            route = event["Properties"]
            yield Route(route["Method"].upper(), route["Path"], function)
