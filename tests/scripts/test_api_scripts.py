"""The two scripts that try any deployment, against the running stack."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.running.shop import Shop

SCRIPTS = [[sys.executable, "scripts/test_api.py"], ["bash", "scripts/test_api.sh"]]


def run(command: list[str], *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *arguments],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("command", SCRIPTS, ids=["python", "bash"])
def test_a_good_deployment_passes(shop: Shop, command: list[str]) -> None:
    """The key is in no list of processes."""
    ended = run(command, shop.description["api_url"], ORDERS_API_KEY=shop.description["api_key"])

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.count("✓") > 30
    assert "✗" not in ended.stdout


@pytest.mark.parametrize("command", SCRIPTS, ids=["python", "bash"])
def test_the_first_surprise_ends_it(shop: Shop, command: list[str]) -> None:
    ended = run(command, shop.description["api_url"], "wrong-key")

    assert ended.returncode == 1
    assert "403" in ended.stdout + ended.stderr


@pytest.mark.parametrize("command", SCRIPTS, ids=["python", "bash"])
def test_a_server_that_is_not_there_is_said(command: list[str]) -> None:
    ended = run(command, "http://127.0.0.1:9", "key")

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("command", SCRIPTS, ids=["python", "bash"])
def test_missing_arguments_are_explained(command: list[str]) -> None:
    ended = run(command)

    assert ended.returncode == 2
    assert "usage" in (ended.stdout + ended.stderr).lower()
