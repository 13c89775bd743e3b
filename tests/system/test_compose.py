"""compose.yaml fits the stack. These tests need no Docker, and do not start the container."""

from typing import Any

import pytest
import yaml

from deployment.cloudformation import ACCOUNT, REGION
from tests.running.stacks import ROOT

SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
HOSTS = {"step-functions": "host.docker.internal", "step-functions-linux": "127.0.0.1"}


@pytest.mark.parametrize("name", HOSTS)
def test_the_engine_has_the_stacks_account_and_region_and_finds_its_functions(name: str) -> None:
    settings = SERVICES[name]["environment"]

    assert (settings["AWS_ACCOUNT_ID"], settings["AWS_DEFAULT_REGION"]) == (ACCOUNT, REGION)
    assert settings["LAMBDA_ENDPOINT"] == f"http://{HOSTS[name]}:9101"


@pytest.mark.parametrize("name", HOSTS)
def test_the_mock_configuration_is_where_the_engine_looks_for_it(name: str) -> None:
    ((source, target, mode),) = (volume.split(":") for volume in SERVICES[name]["volumes"])

    assert (ROOT / source).is_file()
    assert (target, mode) == (SERVICES[name]["environment"]["SFN_MOCK_CONFIG"], "ro")


def test_one_service_is_on_the_hosts_network_and_the_other_serves_loopback_only() -> None:
    assert SERVICES["step-functions"]["ports"] == ["127.0.0.1:8083:8083"]
    assert SERVICES["step-functions-linux"]["network_mode"] == "host"
    assert "ports" not in SERVICES["step-functions-linux"]
