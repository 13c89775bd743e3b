"""CloudFormation's short tags, and its intrinsic functions as far as a local run needs them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import yaml

from deployment.errors import InvalidTemplate

REGION = "us-east-1"
ACCOUNT = "123456789012"
PSEUDO_PARAMETERS = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::StackName": "local",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::NoValue": None,
}
ARNS = {
    "AWS::Serverless::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:",
    "AWS::Serverless::StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:",
    "AWS::S3::Bucket": "arn:aws:s3:::",
}

_VERSION = ".Version"
"""SAM's `!Ref Function.Version` is the ARN of the version that a deployment publishes."""


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader, if PyYAML was built with it, is eight times as fast."""


class _Loader(_SafeLoader):  # type: ignore[misc]  # of two classes, by what is installed
    """SafeLoader that reads `!Ref X` as `{"Ref": "X"}`, and refuses a key that is there twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002  # as SafeLoader's
        seen: set[object] = set()
        for key, _ in node.value:
            if key.value in seen:
                why = f"{key.value} is there twice: remove or rename one"
                raise yaml.constructor.ConstructorError(problem=why, problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


def _value(loader: _Loader, node: yaml.Node) -> Any:  # noqa: ANN401  # any YAML value
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    return None


_Loader.add_multi_constructor("!", _tag)


def load(text: str) -> Any:  # noqa: ANN401  # any YAML value
    """Read a template; tags become their long form. Raises yaml.MarkedYAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # a SafeLoader


class Resolver(NamedTuple):
    """Evaluates a template's expressions with local values.

    `values` maps parameters to their values, and logical ids of resources to physical names. A
    resource that is not in it is named by its logical id. `version` is the number of the published
    version to which SAM's `!Ref Function.Version` refers.
    """

    document: Mapping[str, Any]
    values: Mapping[str, str]
    version: int = 1

    def resolve(self, node: Any) -> Any:  # noqa: ANN401  # any YAML value
        """The node with its expressions evaluated; raises InvalidTemplate for an unknown one."""
        if isinstance(node, list):
            return [self.resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        name = next(iter(node), "")
        if len(node) == 1 and (name == "Ref" or str(name).startswith("Fn::")):
            return self._intrinsic(name, node[name])
        return {key: self.resolve(item) for key, item in node.items()}

    def is_created(self, resource: Mapping[str, Any]) -> bool:
        """Whether the resource's Condition holds, if it has one."""
        return "Condition" not in resource or self._is_true({"Condition": resource["Condition"]})

    def _intrinsic(self, name: str, argument: Any) -> Any:  # noqa: ANN401
        functions: dict[str, Callable[[Any], Any]] = {
            "Ref": self._ref,
            "Fn::GetAtt": self._attribute,
            "Fn::Sub": self._sub,
            "Fn::If": self._if,
            "Fn::Equals": lambda pair: self.resolve(pair[0]) == self.resolve(pair[1]),
            "Fn::Not": lambda terms: not self._is_true(terms[0]),
            "Fn::And": lambda terms: all(map(self._is_true, terms)),
            "Fn::Or": lambda terms: any(map(self._is_true, terms)),
            "Fn::Join": lambda pair: pair[0].join(self.resolve(pair[1])),
        }
        if name not in functions:
            message = f"template.yaml uses {name}, which the local cloud cannot evaluate."
            raise InvalidTemplate(message)
        try:
            return functions[name](argument)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            message = (
                f"template.yaml has {name} with {argument}, which cannot be evaluated: correct it."
            )
            raise InvalidTemplate(message) from error

    def _ref(self, name: str) -> Any:  # noqa: ANN401
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.values:
            return self.values[name]
        if name in self.document["Resources"]:
            return self._physical(name)
        if name.endswith(_VERSION):
            return self._version(name.removesuffix(_VERSION))
        return self._default(name)

    def _version(self, function: str) -> str:
        properties = self.document["Resources"].get(function, {}).get("Properties", {})
        defaults = self.document.get("Globals", {}).get("Function", {})
        if "AutoPublishAlias" not in defaults | properties:
            message = (
                f"template.yaml refers to {function}.Version, but SAM publishes versions of "
                "functions with AutoPublishAlias only: add it, or correct the name."
            )
            raise InvalidTemplate(message)
        return f"{self.arn(function)}:{self.version}"

    def _default(self, name: str) -> Any:  # noqa: ANN401
        parameter = self.document.get("Parameters", {}).get(name, {})
        if "Default" not in parameter:
            message = f"template.yaml refers to {name}, which has no local value: correct the name."
            raise InvalidTemplate(message)
        return parameter["Default"]

    def _physical(self, name: str) -> str:
        """What a Ref to a resource returns: a state machine's ARN, any other resource's name."""
        if self.document["Resources"][name]["Type"].endswith("::StateMachine"):
            return self.arn(name)
        return name

    def arn(self, name: str) -> str:
        """The ARN of a resource by its logical id."""
        resource = self.document["Resources"].get(name, {})
        prefix = ARNS.get(resource.get("Type", ""))
        if prefix is None:
            message = (
                f"template.yaml uses the ARN of {name}, which is no function, state machine or "
                "bucket of it: add it, or correct the name."
            )
            raise InvalidTemplate(message)
        named = self.resolve(resource.get("Properties", {}).get("Name"))
        return prefix + str(named or self.values.get(name, name))

    def _attribute(self, path: list[str]) -> str:
        name, attribute = path
        if attribute == "Arn":
            return self.arn(name)
        message = f"template.yaml uses {name}.{attribute}, which the local cloud cannot evaluate."
        raise InvalidTemplate(message)

    def _sub(self, argument: Any) -> str:  # noqa: ANN401
        text, extra = argument if isinstance(argument, list) else (argument, {})

        def value(found: re.Match[str]) -> str:
            name = found[1]
            if name in extra:
                return str(self.resolve(extra[name]))
            path = name.split(".", 1)
            return str(self._attribute(path) if len(path) > 1 else self._ref(name))

        return re.sub(r"\$\{([^!}]+)\}", value, text).replace("${!", "${")

    def _if(self, argument: list[Any]) -> Any:  # noqa: ANN401
        condition, yes, no = argument
        return self.resolve(yes if self._is_true({"Condition": condition}) else no)

    def _is_true(self, term: dict[str, Any]) -> bool:
        if "Condition" in term:
            return self._is_true(self._condition(term["Condition"]))
        return bool(self.resolve(term))

    def _condition(self, name: str) -> dict[str, Any]:
        conditions: Mapping[str, dict[str, Any]] = self.document.get("Conditions", {})
        if name not in conditions:
            raise InvalidTemplate(f"template.yaml has no condition {name}: add it, or correct it.")
        return conditions[name]
