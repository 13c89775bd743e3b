"""Every option does what it says, or is refused with a sentence that names it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

OPERATE = (sys.executable, str(ROOT / "scripts" / "_operate.py"))
WITHOUT_DATABASE = {name: value for name, value in os.environ.items() if name != "DB_HOST"} | {
    "PYTHONPATH": str(ROOT)
}


def run(*command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command, ended."""
    environment = WITHOUT_DATABASE | variables
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def stack_json(folder: Path, text: str) -> Path:
    (folder / "stack.json").write_text(text)
    return folder


@pytest.mark.parametrize("options", ["--data={} --hours 1", "--hours 1 --data {}"])
def test_the_data_folder_may_stand_anywhere(tmp_path: Path, options: str) -> None:
    ended = run(*OPERATE, "operations.doctor", *options.format(tmp_path).split())

    assert ended.returncode == 2
    assert ended.stderr == (
        f"No system runs with its data in {tmp_path}. And DB_HOST names none.\n"
    )


def test_the_commands_own_options_reach_it(tmp_path: Path) -> None:
    environment = {"DB_HOST": "/nowhere", "AWS_SESSION_TOKEN": "x"}
    text = json.dumps({"lambda_url": "x", "api_key": "x", "environment": environment})
    folder = stack_json(tmp_path, text)

    ended = run(*OPERATE, "operations.doctor", "--hours", "never", "--data", str(folder))

    assert ended.returncode == 2
    assert "argument --hours: invalid float value: 'never'" in ended.stderr


def test_a_data_folder_is_refused_when_the_environment_names_a_system(tmp_path: Path) -> None:
    ended = run(*OPERATE, "operations.doctor", "--data", str(tmp_path), DB_HOST="db.example")

    assert ended.returncode == 2
    assert ended.stderr.startswith(f"--data {tmp_path}: not with DB_HOST in the environment")


@pytest.mark.parametrize("text", ["", "{}", '{"environment": 1}'])
def test_what_another_release_wrote_is_one_sentence(tmp_path: Path, text: str) -> None:
    ended = run(*OPERATE, "operations.doctor", "--data", str(stack_json(tmp_path, text)))

    assert ended.returncode == 2
    assert ended.stderr == (
        f"{tmp_path}/stack.json is of another release: use the scripts of that release. "
        "And DB_HOST names none.\n"
    )


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (["-m", "operations.doctor", "--hour", "1"], "--hour"),
        (["-m", "operations.doctor", "all"], "all"),
        (["-m", "operations.reconciler", "--dry"], "--dry"),
        (["-m", "operations.migrations", "--se"], "--se"),
        (["-m", "operations.migrations", "--data", "x"], "--data"),
        (["scripts/_bench.py", "--runs", "0"], "--runs"),
        (["scripts/_bench.py", "--orders", "91"], "--orders"),
        (["scripts/_bench.py", "--order", "9"], "--order"),
        (["scripts/_deploy_local.py", ".", "--data", "x", "--at", "y"], "--at"),
        (["scripts/_operate.py", "operations.doctor", "--data"], "--data"),
    ],
)
def test_what_a_command_does_not_know_is_refused(command: list[str], option: str) -> None:
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=WITHOUT_DATABASE,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 2
    assert option in ended.stderr.splitlines()[-1]
    assert "Traceback" not in ended.stderr


def test_the_tests_refuse_what_only_another_engine_needs() -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:schemathesis", "--mocked"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 4
    assert ended.stderr == "ERROR: --mocked: only with --step-functions\n\n"


@pytest.mark.parametrize("script", ["build", "check", "release", "render"])
def test_scripts_without_options_refuse_them(script: str) -> None:
    ended = run(str(ROOT / "scripts" / script), "--fast")

    assert ended.returncode == 2
    assert ended.stderr == f"scripts/{script} takes no arguments, but got: --fast\n"


def test_their_help_is_the_comment_at_their_beginning() -> None:
    script = ROOT / "scripts" / "release"

    ended = run(str(script), "--help")

    first = script.read_text().splitlines()[1]
    assert ended.returncode == 0
    assert ended.stdout.splitlines()[0] == first.removeprefix("# ")
    assert "set -euo" not in ended.stdout
