"""The environment variables, read in one place."""

import os
from functools import cache
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, FilePath, ValidationError, model_validator

from orders.documents.validation import first_error
from orders.errors import InvalidSetting

Port = Annotated[int, Field(ge=1, le=65535)]


class DatabaseSettings(BaseModel):
    """Where PostgreSQL is, and the login.

    A `db_host` that starts with `/` is the folder of a unix socket, as in libpq.
    `db_secret_arn` names a Secrets Manager secret with `username` and `password`, which
    takes the place of `db_user` and `db_password`. `db_ca_bundle` names the file of the only CA
    certificates that are trusted, in PEM (orders/tls.py).
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    db_host: str
    db_port: Port = 5432
    db_name: str
    db_secret_arn: str | None = None
    db_user: str | None = None
    db_password: str | None = Field(default=None, repr=False)
    db_ca_bundle: FilePath | None = None

    @model_validator(mode="after")
    def _require_credentials(self) -> "DatabaseSettings":
        if self.db_secret_arn is None:
            _require(db_user=self.db_user, db_password=self.db_password)
        return self


class Settings(DatabaseSettings):
    """All that a deployed function needs."""

    s3_bucket: str
    state_machine_arn: str


Model = TypeVar("Model", bound=DatabaseSettings)


def _require(**values: str | None) -> None:
    for name, value in values.items():
        if value is None:
            raise InvalidSetting(_missing(name))


def _missing(name: str) -> str:
    return f"Environment variable {name.upper()} is not set"


def _read(model: type[Model]) -> Model:
    """An empty variable counts as not set, because a template cannot leave a variable out."""
    wanted = ((name, os.environ.get(name.upper())) for name in model.model_fields)
    try:
        return model.model_validate({name: value for name, value in wanted if value})
    except ValidationError as error:
        raise InvalidSetting(_worded(error)) from None


def _worded(error: ValidationError) -> str:
    kind, name, message = first_error(error)
    if kind == "missing":
        return _missing(name)
    return f"Environment variable {name.upper()} is wrong: {message}"


@cache
def settings() -> Settings:
    """All settings, read once; raises InvalidSetting, naming the variable."""
    return _read(Settings)


@cache
def database_settings() -> DatabaseSettings:
    """The database's settings alone, for commands that need no others; raises InvalidSetting."""
    return _read(DatabaseSettings)


@cache
def allowed_origins() -> frozenset[str]:
    """The origins whose pages may read the API's responses; empty when CORS is off."""
    return frozenset(filter(None, os.environ.get("ALLOWED_ORIGINS", "").split(",")))


def on_lambda() -> bool:
    """Whether a Lambda runtime started this process."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ
