"""The environment: what is missing or wrong is named."""

import os
import subprocess
import sys

import pytest

from orders.errors import InvalidSetting
from orders.settings import database_settings, settings
from tests.conftest import ROOT

GOOD = {
    "DB_HOST": "db.example",
    "DB_NAME": "orders",
    "DB_USER": "me",
    "DB_PASSWORD": "s3cret",
    "S3_BUCKET": "backups",
    "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:M",
}


@pytest.fixture(autouse=True)
def _a_good_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DB_PORT", "DB_SECRET_ARN", "DB_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    database_settings.cache_clear()


def test_the_port_is_postgresqls_unless_said() -> None:
    assert settings().db_port == 5432


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_variable_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    monkeypatch.delenv(name) if value is None else monkeypatch.setenv(name, value)

    with pytest.raises(InvalidSetting, match=f"Environment variable {name} is not set"):
        settings()


@pytest.mark.parametrize("port", ["abc", "0", "65536"])
def test_a_wrong_port_is_named(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("DB_PORT", port)

    with pytest.raises(InvalidSetting, match="Environment variable DB_PORT is wrong"):
        settings()


def test_a_bundle_that_is_no_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_CA_BUNDLE", "/no/such/file.pem")

    with pytest.raises(InvalidSetting, match="Environment variable DB_CA_BUNDLE is wrong: Path"):
        settings()


def test_a_secret_takes_the_place_of_user_and_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DB_USER")
    monkeypatch.delenv("DB_PASSWORD")
    monkeypatch.setenv("DB_SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:s")

    assert settings().db_user is None


def test_the_password_is_not_shown() -> None:
    assert "s3cret" not in repr(settings())


@pytest.mark.parametrize("module", ["tasks.check_inventory", "api_handlers.create_order"])
def test_on_lambda_a_missing_variable_ends_the_start(module: str) -> None:
    environment = os.environ | GOOD | {"AWS_LAMBDA_FUNCTION_NAME": "f", "S3_BUCKET": ""}

    command = [sys.executable, "-c", f"import {module}"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0
    assert "InvalidSetting: Environment variable S3_BUCKET is not set" in ended.stderr
    assert "s3cret" not in ended.stderr
