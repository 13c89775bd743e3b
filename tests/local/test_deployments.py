"""Another release is deployed to a running stack, while executions are in flight."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from tests.local.small_stack import CLOUD, ROOT, Running, running
from tests.running.waiting import eventually

pytestmark = pytest.mark.usefixtures("starts_a_stack")
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Machine:"


@pytest.fixture(scope="module")
def stack() -> Iterator[Running]:
    """A stack for these tests, as deploying changes it."""
    with TemporaryDirectory() as folder, running(Path(folder), "--faults") as stack:
        yield stack


def a_release(folder: Path, old: str = "", new: str = "") -> Path:
    """A tree with the small template, changed in one place."""
    shutil.copytree(CLOUD, folder, ignore=shutil.ignore_patterns("__pycache__"))
    template = folder / "template.yaml"
    template.write_text(template.read_text().replace(old, new))
    (folder / "operations").mkdir()
    (folder / "operations" / "migrations.py").write_text("print('migrated', __file__)")
    return folder


def deploy(stack: Running, folder: Path) -> httpx.Response:
    headers = {"x-api-key": stack.stack["api_key"]}
    url = stack.stack["lambda_url"] + "/releases"
    return stack.control.post(url, json={"folder": str(folder)}, headers=headers)


def end(stack: Running, name: str) -> dict[str, Any]:
    """The output of the execution once it has ended."""

    def ended() -> dict[str, Any]:
        found = stack.aws("stepfunctions").describe_execution(executionArn=EXECUTION + name)
        assert found["status"] == "SUCCEEDED"
        return dict(json.loads(found["output"]))

    return eventually(ended)


def start(stack: Running, name: str) -> None:
    body = {"name": name, "input": {"do": "where"}}
    assert stack.call("POST", "/executions", json=body).status_code == 201


def test_an_execution_in_flight_finishes_on_the_code_that_it_began_with(
    stack: Running, tmp_path: Path
) -> None:
    release = a_release(tmp_path / "release", "Path: /things}}", "Path: /stuff}}")
    stack.lambdas.plan({"kind": "hold", "times": None})
    start(stack, "old")
    stack.lambdas.until_held()

    answer = deploy(stack, release)
    version = answer.json()["version"]
    start(stack, "new")
    stack.lambdas.until_held(2)
    stack.lambdas.clear_faults()

    assert end(stack, "old") == {
        "folder": str(CLOUD),
        "version": str(version - 1),
        "found": [],
    }
    assert end(stack, "new") == {
        "folder": str(release),
        "version": str(version),
        "found": ["operations"],
    }
    old_version = stack.lambdas.invoke(f"ActFunction:{version - 1}", {"do": "where"})
    assert old_version.json()["folder"] == str(CLOUD)
    assert stack.lambdas.act("where")["folder"] == str(release)
    assert stack.call("GET", "/stuff").status_code == 200
    assert f"migrated {release}" in (stack.data / "logs" / "migrations.log").read_text()


def test_a_function_that_the_release_lacks_is_gone_with_its_versions(
    stack: Running, tmp_path: Path
) -> None:
    deploy(stack, a_release(tmp_path / "with"))
    assert stack.lambdas.invoke("OtherFunction:1", {"do": "count"}).status_code == 200

    deploy(stack, a_release(tmp_path / "without", "  OtherFunction:", "  AnotherFunction:"))

    for name in ("OtherFunction", "OtherFunction:1"):
        assert stack.lambdas.invoke(name, {"do": "count"}).status_code == 404
    assert stack.lambdas.invoke("AnotherFunction:1", {"do": "count"}).status_code == 404
    assert stack.lambdas.invoke("AnotherFunction:live", {"do": "count"}).status_code == 200


def test_a_release_that_cannot_be_deployed_changes_nothing(stack: Running, tmp_path: Path) -> None:
    before = stack.lambdas.act("where")
    broken = a_release(tmp_path / "broken", "!Ref ActFunction.Version", "!Ref NoFunction.Version")

    refused = deploy(stack, broken)

    assert refused.status_code == 400
    assert "NoFunction" in refused.json()["message"]
    assert stack.lambdas.act("where") == before


def test_only_whoever_has_the_api_key_may_deploy(stack: Running, tmp_path: Path) -> None:
    url = stack.stack["lambda_url"] + "/releases"
    assert stack.control.post(url, json={"folder": str(tmp_path)}).status_code == 403


def test_the_command_deploys_a_folder(stack: Running, tmp_path: Path) -> None:
    def command(folder: Path) -> subprocess.CompletedProcess[str]:
        script = str(ROOT / "scripts" / "_deploy_local.py")
        arguments = [sys.executable, script, str(folder), "--data", str(stack.data)]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(
            arguments, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    deployed = command(a_release(tmp_path / "release"))
    refused = command(tmp_path / "nothing")

    assert deployed.stdout.startswith("deployed as version ")
    assert stack.lambdas.act("where")["folder"] == str(tmp_path / "release")
    assert refused.returncode == 1
    assert refused.stderr.startswith("Cannot read ")
