"""The command itself. Each fixture is one run of it, which several tests look at."""

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

import httpx
import psutil
import pytest

from tests.local.small_stack import (
    END_SECONDS,
    Running,
    command,
    described,
    failure,
    running,
    runs,
    ticks,
    until_gone,
)
from tests.running.old_engine import Proxy
from tests.running.waiting import eventually

THEIR_OWN = {
    "PGPORT": "5433",
    "AWS_PROFILE": "work",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "http_proxy": "http://127.0.0.1:1",
    "NO_PROXY": "",
    "USERS_OWN": "must not be seen",
    "DB_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:theirs",
}
"""Settings of the user's that have nothing to do with the local cloud."""
MOTO = "Step Functions and S3 (moto)"
FULL = Path("/dev/full")
LONG = {"text": "x" * 100_000, "message": "x" * 100_000}
pytestmark = pytest.mark.usefixtures("starts_a_stack")


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """The data folder of the runs below, one after the other."""
    with TemporaryDirectory() as folder:
        yield Path(folder, 'a "data", folder')


@dataclass(frozen=True)
class Stopped:
    """A stack that Ctrl-C has stopped."""

    status: int
    printed: str
    errors: str
    description: Path
    processes: list[psutil.Process]
    left: list[psutil.Process]
    result: dict[str, Any]
    environment: dict[str, Any]
    ticks: list[Any]


@pytest.fixture(scope="module")
def stopped(data: Path) -> Stopped:
    options = ["--schedules", "0.2", "--faults"]
    with running(data, *options, ORDERS_API_KEY="it's a key", **THEIR_OWN) as stack:
        return stop(stack)


def stop(stack: Running) -> Stopped:
    """Make a table, wait for scheduled functions, and press Ctrl-C while an invocation runs."""
    with stack.connect() as database:
        database.run("CREATE TABLE kept (id int)")
    logs = stack.data / "logs"

    def scheduled() -> None:
        assert ticks(logs).count({"a": 1}) > 2

    eventually(scheduled)
    result, environment = stack.lambdas.act("count"), stack.lambdas.act("environment")
    stack.lambdas.plan({"kind": "hold"})
    with ThreadPoolExecutor(1) as caller:
        caller.submit(stack.lambdas.act, "count")
        stack.lambdas.until_held()
        processes = stack.tree()
        status, printed, errors = stack.end(signal.SIGINT)
    return Stopped(
        status=status,
        printed=printed,
        errors=errors,
        description=stack.data / "stack.json",
        processes=processes,
        left=[process for process in processes if runs(process)],
        result=result,
        environment=environment,
        ticks=ticks(logs),
    )


def test_ctrl_c_stops_everything_and_prints_no_error(stopped: Stopped) -> None:
    assert len(stopped.processes) > 10
    assert (stopped.status, stopped.errors, stopped.left) == (0, "", [])
    assert stopped.printed.endswith("\nStopping ...\n")
    assert not stopped.description.exists()


def test_scheduled_functions_run_at_the_interval_of_the_option(stopped: Stopped) -> None:
    """The template's own interval is an hour."""
    inputs = [event for event in stopped.ticks if event == {"a": 1}]
    own = [event for event in stopped.ticks if event.get("source") == "aws.events"]
    assert len(inputs) > 2
    assert own


def test_the_users_own_settings_are_ignored(stopped: Stopped) -> None:
    assert "errorType" not in stopped.result
    assert not set(THEIR_OWN.items()) & set(stopped.environment.items())


def test_the_printed_commands_can_be_pasted(stopped: Stopped) -> None:
    lines = stopped.printed.partition("terminal:\n\n")[2].partition("\n\nCtrl-C")[0]
    assert lines.count("curl ") == 3
    checked = subprocess.run(["bash", "-n"], input=lines, text=True, check=False)
    assert checked.returncode == 0
    assert "it'\"'\"'s a key" in lines


@dataclass(frozen=True)
class Killed:
    """A stack that was killed, on the data of the one that was stopped."""

    kept: list[Any]
    ticks: list[Any]
    without_faults: list[int]
    without_terminal: httpx.Response
    workers_at_start: int


@pytest.fixture(scope="module")
def killed(stopped: Stopped, data: Path) -> Killed:
    assert stopped.status == 0
    before = len(ticks(data / "logs"))
    with running(data, under="nohup") as stack:
        at_start = workers(stack)
        without_terminal = close_terminal(stack)
        processes = stack.tree()
        with stack.connect() as database:
            kept = database.run("SELECT count(*) FROM kept")
            database.run("INSERT INTO kept VALUES (1)")
        refusals = [
            stack.lambdas.plan({"kind": "kill"}).status_code,
            stack.control.put(f"{stack.stack['aws_url']}/faults/PutObject", json=[]).status_code,
        ]
        stack.process.kill()
        stack.process.wait()
        until_gone(processes)
    return Killed(kept, ticks(data / "logs")[before:], refusals, without_terminal, at_start)


def workers(stack: Running) -> int:
    """How many worker processes there are: the forkserver's children."""
    children = psutil.Process(stack.process.pid).children()
    servers = [each for each in children if "forkserver" in " ".join(each.cmdline())]
    return sum(len(server.children()) for server in servers)


def close_terminal(stack: Running) -> httpx.Response:
    """Hang up, let the stack print that it restarts a component, and call it."""
    for stream in (stack.process.stdout, stack.process.stderr):
        assert stream
        stream.close()
    os.killpg(stack.process.pid, signal.SIGHUP)
    kill_components(stack)
    return stack.call("GET", "/things")


def test_a_stack_that_nobody_has_called_has_no_worker(killed: Killed) -> None:
    assert killed.workers_at_start == 0


def test_the_data_outlive_a_stop(killed: Killed) -> None:
    assert killed.kept == [[0]]


def test_under_nohup_the_stack_goes_on_when_its_terminal_is_closed(killed: Killed) -> None:
    assert killed.without_terminal.status_code == 200


def test_without_the_option_the_templates_intervals_count(killed: Killed) -> None:
    assert killed.ticks == [], "an hour has not passed"


def test_without_the_option_no_faults_can_be_planned(killed: Killed) -> None:
    assert killed.without_faults == [404, 404]


@dataclass(frozen=True)
class Interrupted:
    """A stack that Ctrl-C has stopped while a request was in flight, on the killed one's data.

    It has another engine, which is that of the shared stack. Its logs have no room.
    """

    kept: list[Any]
    stack: dict[str, Any]
    started: int
    without_room: list[Any]
    status: int
    printed: str
    response: str


@pytest.fixture(scope="module")
def engine(shared_cloud: Running) -> Iterator[str]:
    """The URL of the shared stack's engine, for a stack that has not its token."""

    class WithToken(Proxy):
        engine = httpx.Client(
            base_url=shared_cloud.stack["step_functions_url"], headers=shared_cloud.control.headers
        )

    with ThreadingHTTPServer(("127.0.0.1", 0), WithToken) as server:
        Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        WithToken.engine.close()


@pytest.fixture(scope="module")
def interrupted(killed: Killed, data: Path, engine: str) -> Interrupted:
    assert killed.kept
    fill_the_disk(data / "logs")
    with running(data, "--faults", "--step-functions", engine) as stack:
        with stack.connect() as database:
            kept = database.run("SELECT count(*) FROM kept")
        body = {"name": "of-another", "input": {"do": "count"}}
        started = stack.call("POST", "/executions", json=body).status_code
        without_room = [stack.lambdas.act(do, **LONG) for do in ("say", "fail", "die", "count")]
        with held_request(stack) as request:
            status, printed, _ = stack.end(signal.SIGINT)
            response, _ = request.communicate()
    return Interrupted(kept, stack.stack, started, without_room, status, printed, response)


def fill_the_disk(logs: Path) -> None:
    """Let nothing be written into any log of what serves; macOS has no such file."""
    for log in {*logs.glob("*.log")} - {logs / "migrations.log"} if FULL.exists() else ():
        log.unlink()
        log.symlink_to(FULL)


@contextmanager
def held_request(stack: Running) -> Iterator[subprocess.Popen[str]]:
    """A request whose function does not end; it prints the status of the response."""
    stack.lambdas.plan({"kind": "hold"}, function="AnswerFunction")
    url, key = stack.stack["api_url"] + "/answer", stack.stack["api_key"]
    quiet = ["-s", "-o", "/dev/null", "-w", "%{http_code}"]
    arguments = ["curl", *quiet, "-d", '{"statusCode": 200}', "-H", "@-", url]
    pipe = subprocess.PIPE
    with subprocess.Popen(arguments, stdin=pipe, stdout=pipe, text=True) as curl:
        assert curl.stdin
        curl.stdin.write(f"x-api-key: {key}")
        curl.stdin.close()
        curl.stdin = None  # as `communicate` expects
        stack.lambdas.until_held(function="AnswerFunction")
        yield curl


def test_what_cannot_be_logged_for_lack_of_room_is_done_all_the_same(
    interrupted: Interrupted,
) -> None:
    said, failed, died, counted = interrupted.without_room
    assert said is None
    assert (failed["errorType"], died["errorType"]) == ("TooLittle", "Runtime.ExitError")
    assert counted["calls"] == 1


def test_a_killed_stack_leaves_no_process_and_its_data_can_be_used(
    interrupted: Interrupted,
) -> None:
    assert interrupted.kept == [[1]]


def test_executions_are_started_on_the_engine_of_the_option(
    interrupted: Interrupted, cloud: Running, engine: str
) -> None:
    assert interrupted.stack["step_functions_url"] == engine
    assert interrupted.stack["aws_url"] != engine
    assert interrupted.started == 201
    machine = interrupted.stack["environment"]["STATE_MACHINE_ARN"]
    listed = cloud.aws("stepfunctions").list_executions(stateMachineArn=machine)["executions"]
    assert "of-another" in [execution["name"] for execution in listed]


def test_what_is_open_to_another_engine_is_said(interrupted: Interrupted, stopped: Stopped) -> None:
    opened = "any program on this machine may invoke the functions of the state machine.\n"
    assert opened in interrupted.printed
    assert opened not in stopped.printed


def test_ctrl_c_does_not_wait_for_requests_in_flight(interrupted: Interrupted) -> None:
    assert interrupted.status == 0
    assert interrupted.response != "200"


def test_dead_components_are_restarted_however_soon_they_die_again(
    interrupted: Interrupted, data: Path
) -> None:
    """This stack starts with an empty database."""
    assert interrupted.kept == [[1]]
    with running(data, "--fresh") as stack:
        with stack.connect() as database:
            assert database.run("SELECT to_regclass('kept')") == [[None]]
        kill_components(stack)
        again = described(data, stack.process)
        assert {**again, "pids": None} == {**stack.stack, "pids": None}
        assert "errorType" not in stack.lambdas.act("count")
        assert stack.execution("afterwards", {"do": "count"})["status"] == "SUCCEEDED"
        with stack.connect() as database:
            assert database.run("SELECT 1") == [[1]]

        kill_components(stack)
        processes = stack.tree()
        status, printed, errors = stack.end(signal.SIGHUP)

    for component in ("PostgreSQL", MOTO):
        assert printed.count(f"{component} ended unexpectedly (SIGKILL); restarted.\n") == 2
    assert (status, errors) == (0, "")
    until_gone(processes)


def kill_components(stack: Running) -> None:
    """Kill both, and wait until both are restarted."""
    killed = {component: stack.pid(component) for component in ("PostgreSQL", MOTO)}
    for pid in killed.values():
        psutil.Process(pid).kill()

    def restarted() -> None:
        assert all(stack.pid(component) != pid for component, pid in killed.items())

    eventually(restarted)


# A start that fails: in the data folder, in the template, in the middle.


def test_a_data_folder_in_use_is_one_sentence_and_leaves_its_stack_alone(cloud: Running) -> None:
    printed = failure(command(cloud.data))
    assert f"The data folder {cloud.data} is in use" in printed
    assert described(cloud.data, cloud.process)
    assert "errorType" not in cloud.lambdas.act("count")


def test_a_missing_template_is_one_sentence(tmp_path: Path) -> None:
    missing = tmp_path / "template.yaml"
    printed = failure(command(tmp_path / "data", "--template", str(missing)))
    assert printed == f"Cannot read {missing}: No such file or directory.\n"


def test_an_unreachable_engine_is_one_sentence_and_stops_what_had_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    printed = failure(command(tmp_path, "--step-functions", url))
    assert f"Step Functions at {url} cannot create the state machine" in printed


@pytest.mark.parametrize("children", range(1, 8))  # before the first one, Python itself starts
def test_ctrl_c_during_the_start_leaves_no_process_and_prints_no_error(
    tmp_path: Path, children: int
) -> None:
    process = command(tmp_path, STARTED_BY=str(tmp_path))
    tree = psutil.Process(process.pid)

    def started() -> None:
        assert len(tree.children(recursive=True)) >= children

    eventually(started)
    assert not (tmp_path / "stack.json").exists()

    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=END_SECONDS)

    assert errors == ""
    assert process.returncode in (0, -signal.SIGINT)
    until_gone(started_by(tmp_path))


def started_by(mark: Path) -> list[psutil.Process]:
    """The processes that came of a command with this mark, whatever their parent is by now."""
    found = psutil.process_iter(["environ"])
    return [this for this in found if (this.info["environ"] or {}).get("STARTED_BY") == str(mark)]
