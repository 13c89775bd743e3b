"""The parts of template.yaml that are read, as models: a part that is missing or wrong is named.

They are checked before any expression is evaluated, so a value may be an expression, too. What is
not read is not checked here: cfn-lint and `sam validate` do that (scripts/check).
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from deployment.errors import InvalidTemplate

_EVENTS = {"Api": ("Method", "Path"), "Schedule": ("Schedule",)}
"""What the events that run locally must say."""


def _or_expression(named: str, *types: type) -> AfterValidator:
    def require(value: Any) -> Any:  # noqa: ANN401  # YAML
        is_right = isinstance(value, types) and not isinstance(value, bool)
        if not is_right and not _is_expression(value):
            raise PydanticCustomError("type", "must be {named} or an expression", {"named": named})
        return value

    return AfterValidator(require)


def _is_expression(value: Any) -> bool:  # noqa: ANN401  # YAML
    name = str(next(iter(value), "")) if isinstance(value, dict) and len(value) == 1 else ""
    return name == "Ref" or name.startswith("Fn::")


Number = Annotated[Any, _or_expression("a number", int, float)]
Text = Annotated[Any, _or_expression("a text", str)]
Parts = Annotated[Any, _or_expression("a mapping", dict)]
"""A mapping whose own parts are checked once it is evaluated, such as VpcConfig."""


class Event(BaseModel):
    """What invokes a function."""

    type: str = Field(alias="Type")
    properties: dict[str, Any] = Field({}, alias="Properties")

    @model_validator(mode="after")
    def _require_properties(self) -> "Event":
        for name in _EVENTS.get(self.type, ()):
            if name not in self.properties:
                raise PydanticCustomError("lacks", "lacks {name}", {"name": name})
        return self


class Environment(BaseModel):
    """A function's own environment variables, or all functions'."""

    variables: dict[str, Any] = Field({}, alias="Variables")


class Function(BaseModel):
    """A function, with what Globals say of it."""

    handler: str = Field(alias="Handler")
    timeout: Number = Field(3, alias="Timeout")
    memory: Number = Field(128, alias="MemorySize")
    concurrency: Number = Field(1, alias="ReservedConcurrentExecutions")
    vpc: Parts = Field({}, alias="VpcConfig")
    environment: Environment = Field(Environment(), alias="Environment")
    events: dict[str, Event] = Field({}, alias="Events")


class StateMachine(BaseModel):
    """The state machine."""

    definition: str = Field(alias="DefinitionUri")
    substitutions: dict[str, Text] = Field({}, alias="DefinitionSubstitutions")
    logging: dict[str, Any] = Field({}, alias="Logging")


class Policy(BaseModel):
    """A policy of roles, or of a bucket."""

    document: dict[str, Any] = Field(alias="PolicyDocument")
    roles: list[Any] = Field([], alias="Roles")


class Resource(BaseModel):
    """Any resource."""

    type: str = Field(alias="Type")
    condition: str | None = Field(None, alias="Condition")
    properties: dict[str, Any] = Field({}, alias="Properties")


class Document(BaseModel):
    """A whole template."""

    resources: dict[str, Resource] = Field(alias="Resources")
    globals: dict[str, dict[str, Any]] = Field({}, alias="Globals")
    parameters: dict[str, dict[str, Any]] = Field({}, alias="Parameters")
    conditions: dict[str, Any] = Field({}, alias="Conditions")


_PROPERTIES: Mapping[str, type[BaseModel]] = {
    "AWS::Serverless::Function": Function,
    "AWS::Serverless::StateMachine": StateMachine,
    "AWS::IAM::Policy": Policy,
    "AWS::S3::BucketPolicy": Policy,
}


def check_shape(document: Any, path: object) -> None:  # noqa: ANN401  # YAML
    """Raise InvalidTemplate unless the document has all parts that are read, of the right types."""
    template = _read(Document, document, f"{path}:")
    functions = template.globals.get("Function", {})
    for name, resource in template.resources.items():
        if model := _PROPERTIES.get(resource.type):
            shared = functions if model is Function else {}
            _read(model, shared | resource.properties, f"{path}: {name}:")


def _read(model: type[Any], value: Any, where: str) -> Any:  # noqa: ANN401  # YAML
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise InvalidTemplate(f"{where} {place} {_said(first)}.") from error


def _said(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "is missing"
        case "dict_type" | "model_type":
            return "must be a mapping"
        case "string_type":
            return "must be a text"
        case _:
            return error["msg"].replace("Input should", "must")
