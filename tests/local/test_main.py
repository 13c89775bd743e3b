import json
import os
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from pg8000.native import Connection

from tests.local.small_stack import PATIENCE_SECONDS, Running, command, described, eventually, gone

Start = Callable[..., Running]


def connected(stack: dict[str, Any]) -> Connection:
    settings = stack["environment"]
    return Connection(
        settings["DB_USER"],
        unix_sock=f"{settings['DB_HOST']}/.s.PGSQL.5432",
        database=settings["DB_NAME"],
    )


def refused(process: subprocess.Popen[str]) -> str:
    """The one sentence of a command that cannot start."""
    _, said = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1
    assert said.count("\n") == 1, said
    return said


def test_ctrl_c_stops_everything_and_the_data_stays(start: Start, tmp_path: Path) -> None:
    running = start(tmp_path / "data")
    processes = running.tree()
    assert len(processes) > 10
    with connected(running.stack) as database:
        database.run("CREATE TABLE kept (id int)")
    assert running.end(signal.SIGINT) == (0, "")
    assert gone(processes)
    assert not (tmp_path / "data" / "stack.json").exists()
    again = start(tmp_path / "data")
    with connected(again.stack) as database:
        assert database.run("SELECT count(*) FROM kept") == [[0]]
        assert database.run("SHOW timezone") == [["UTC"]]
        assert database.run("SHOW fsync") == [["on"]]
    again.end()
    fresh = start(tmp_path / "data", "--fresh")
    with connected(fresh.stack) as database:
        assert database.run("SELECT to_regclass('kept')") == [[None]]
    fresh.end()


def test_a_killed_stack_leaves_nothing_and_its_data_can_be_used(
    start: Start, tmp_path: Path
) -> None:
    running = start(tmp_path)
    processes = running.tree()
    with connected(running.stack) as database:
        database.run("CREATE TABLE kept (id int)")
    running.process.kill()
    running.process.communicate()
    eventually(lambda: gone(processes), "all processes end with their parent")
    again = start(tmp_path)
    with connected(again.stack) as database:
        assert database.run("SELECT count(*) FROM kept") == [[0]]
    again.end()


@pytest.mark.parametrize("component", ["PostgreSQL", "Step Functions and S3 (moto)"])
def test_a_dead_component_is_started_again_once_and_then_ends_the_stack_with_one_sentence(
    start: Start, tmp_path: Path, component: str
) -> None:
    running = start(tmp_path)
    first = running.stack["pids"][component]
    psutil.Process(first).kill()
    eventually(lambda: pid_of(component, tmp_path) != first, "it is started again")
    again = described(tmp_path, running.process)
    assert {**again, "pids": None} == {**running.stack, "pids": None}
    assert "errorType" not in running.act("count")
    body = {"name": "afterwards", "input": {"do": "count"}}
    assert running.call("POST", "/executions", json=body).status_code == 201
    with connected(running.stack) as database:
        assert database.run("SELECT 1") == [[1]]

    processes = running.tree()
    psutil.Process(again["pids"][component]).kill()
    printed, said = running.process.communicate(timeout=PATIENCE_SECONDS)

    assert f"{component} ended unexpectedly (SIGKILL); started again.\n" in printed
    assert running.process.returncode == 1
    assert said == f"{component} ended unexpectedly (SIGKILL); see {log_of(component, tmp_path)}.\n"
    eventually(lambda: gone(processes), "nothing is left")


def pid_of(component: str, data: Path) -> int:
    """As stack.json has it."""
    stack = json.loads((data / "stack.json").read_text())
    return int(stack["pids"][component])


def log_of(component: str, data: Path) -> Path:
    return data / "logs" / ("postgres.log" if component == "PostgreSQL" else "moto.log")


def test_stack_json_is_for_its_owner_alone(cloud: Running) -> None:
    written = Path(cloud.stack["logs"]).parent / "stack.json"
    assert written.stat().st_mode & 0o777 == 0o600


def test_a_taken_port_is_one_sentence(cloud: Running, tmp_path: Path) -> None:
    port = cloud.stack["api_url"].rpartition(":")[2]
    said = refused(command(tmp_path, "--port", port))
    assert said == f"Cannot listen on 127.0.0.1:{port}: Address already in use.\n"


def test_a_data_folder_in_use_is_one_sentence(cloud: Running) -> None:
    data = Path(cloud.stack["logs"]).parent
    said = refused(command(data))
    assert f"The data folder {data} is in use" in said
    assert (data / "stack.json").exists()
    assert "errorType" not in cloud.act("count")


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "Cannot use the data folder" in refused(command(tmp_path / "file" / "data"))


def test_an_unreachable_engine_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    said = refused(command(tmp_path, "--step-functions", url))
    assert f"Step Functions at {url} does not take the state machine" in said


@pytest.mark.parametrize(
    "wrong",
    [
        ["--step-functions", "8083"],
        ["--api-key", ""],
        ["--api-key", "ü"],
        ["--schedules", "-1"],
        ["--schedules", "nan"],
    ],
)
def test_a_wrong_option_is_refused(tmp_path: Path, wrong: list[str]) -> None:
    process = command(tmp_path, *wrong)
    assert wrong[0] in process.communicate()[1]
    assert process.returncode == 2


def test_another_engine_calls_the_lambda_port(cloud: Running, start: Start, tmp_path: Path) -> None:
    """The other engine is the shared stack's, whose machine is brought up to date."""
    engine = cloud.stack["step_functions_url"]
    running = start(tmp_path, "--step-functions", engine)
    assert running.stack["step_functions_url"] == engine
    assert running.stack["aws_url"] != engine
    body = {"name": "of-another", "input": {"do": "count"}}
    assert running.call("POST", "/executions", json=body).status_code == 201
    running.end()


def test_the_printed_curl_lines_can_be_pasted(start: Start, tmp_path: Path) -> None:
    running = start(tmp_path, "--api-key", "it's a key")
    running.process.send_signal(signal.SIGTERM)
    printed, _ = running.process.communicate()
    lines = printed.partition("terminal:\n\n")[2].partition("\n\nCtrl-C")[0]
    assert lines.count("curl ") == 3
    checked = subprocess.run(["bash", "-n"], input=lines, text=True, check=False)
    assert checked.returncode == 0
    assert "it'\"'\"'s a key" in lines


def test_a_data_folder_with_a_long_path_works(start: Start, tmp_path: Path) -> None:
    data = tmp_path / ("long" * 20) / ("path" * 20)
    running = start(data)
    with connected(running.stack) as database:
        assert database.run("SELECT 1") == [[1]]
    folder = Path(running.stack["environment"]["DB_HOST"])
    running.end()
    assert not folder.exists()


def test_a_data_folder_with_an_odd_name_works(start: Start, tmp_path: Path) -> None:
    running = start(tmp_path / 'a "data", folder')
    with connected(running.stack) as database:
        assert database.run("SELECT 1") == [[1]]


def test_the_users_own_settings_do_not_matter(
    start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = {
        "PGPORT": "5433",
        "AWS_PROFILE": "work",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
        "http_proxy": "http://127.0.0.1:1",
        "NO_PROXY": "",
        "DB_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:theirs",
    }
    for name, value in theirs.items():
        monkeypatch.setenv(name, value)
    start(tmp_path)


@pytest.mark.parametrize("children", range(1, 8))  # before, it is Python that starts
def test_ctrl_c_while_starting_leaves_nothing_and_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: int
) -> None:
    monkeypatch.setenv("STARTED_BY", str(tmp_path))
    process = command(tmp_path)
    tree = psutil.Process(process.pid)
    eventually(lambda: len(tree.children(recursive=True)) >= children, "so far in the start")
    assert not (tmp_path / "stack.json").exists()

    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE_SECONDS)

    assert said == ""
    assert process.returncode in (0, -signal.SIGINT)
    eventually(lambda: not started_by(tmp_path), "nothing runs any more")


def started_by(mark: Path) -> list[psutil.Process]:
    """The processes, wherever they hang by now, that came of a command with this mark."""
    running = psutil.process_iter(["environ"])
    return [this for this in running if (this.info["environ"] or {}).get("STARTED_BY") == str(mark)]


def test_requests_under_way_do_not_hold_up_the_stop(start: Start, tmp_path: Path) -> None:
    running = start(tmp_path, "--faults")
    running.plan({"kind": "hold"}, function="AnswerFunction")
    url = running.stack["api_url"] + "/answer"
    quiet = ["-s", "-o", "/dev/null", "-w", "%{http_code}"]
    arguments = ["curl", *quiet, "-d", '{"statusCode": 200}', "-H", "x-api-key: local-dev-key", url]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as curl:
        eventually(lambda: running.held("AnswerFunction") == 1, "the request is under way")
        status, _ = running.end(signal.SIGINT)
        answered, _ = curl.communicate()
    assert (status, answered) != (0, "200"), "the stop waited for the request"
    assert status == 0
