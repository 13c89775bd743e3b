"""Starts stacks for tests, and checks that every test that starts one declares it.

A test declares it by requesting the fixture `starts_a_stack`, directly or through another fixture.
`scripts/test --quick` leaves out the tests that do.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from os import fsdecode
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.running.shop import Shop
from tests.running.waiting import eventually

ROOT = Path(__file__).parents[2]
FIXTURE = "starts_a_stack"
SHORT_BACKOFFS = 0.01
"""The state machine's waits between tries are multiplied by this: an outage that outlasts its
patience takes 3 s instead of five minutes."""


class UndeclaredStack(Exception):
    """A test starts a stack, and none of its fixtures is `starts_a_stack`."""


class Session:
    """What is known of the pytest session in this process."""

    test: pytest.Item | None = None
    """The test that runs now, with its fixtures."""


def needs_stack(test: pytest.Item) -> bool:
    """Whether the test, or a fixture of it, starts a stack."""
    return FIXTURE in getattr(test, "fixturenames", ())


def refuse_undeclared() -> None:
    """From now on, raise UndeclaredStack where this process starts a stack undeclared."""
    sys.addaudithook(_check_process)


def _check_process(event: str, arguments: tuple[object, ...]) -> None:
    if event != "subprocess.Popen" or not Session.test or needs_stack(Session.test):
        return
    command = arguments[1]
    if isinstance(command, Sequence) and is_stack([fsdecode(part) for part in command]):
        raise UndeclaredStack(
            f"{Session.test.nodeid} starts a stack, so it must request the fixture {FIXTURE}"
        )


def is_stack(command: Sequence[str]) -> bool:
    """Whether the command is `python -m local` or `scripts/up`."""
    return list(command[1:3]) == ["-m", "local"] or command[0].endswith("scripts/up")


@contextmanager
def a_running_stack(*options: str) -> Iterator[Shop]:
    """`scripts/up` without its set-up, on free ports, with data of its own."""
    with TemporaryDirectory(prefix="orders-") as folder, serving(Path(folder), *options) as shop:
        yield shop


@contextmanager
def serving(data: Path, *options: str, files: int | None = None) -> Iterator[Shop]:
    """A running stack that keeps its data in the caller's folder.

    `files` is the hard limit of open files for each of its processes.
    """
    defaults = ["--port", "0"]
    if "--step-functions" not in options:  # another engine has waits of its own
        defaults += ["--backoff-scale", str(SHORT_BACKOFFS)]
    command = [sys.executable, "-m", "local", *defaults, "--data", str(data), *options]
    if files:
        command = ["bash", "-c", f'ulimit -n {files} && exec "$@"', "bash", *command]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:

        def ready() -> None:
            assert process.poll() is None, "the stack ended while starting"
            assert _described_pid(data) == process.pid, "the stack does not get ready"

        try:
            eventually(ready, seconds=120)  # a busy machine starts slowly
            with closing(Shop.at(data)) as running:
                running.do_not_wait_for_the_disk()
                yield running
        finally:
            process.terminate()


def _described_pid(data: Path) -> int | None:
    """The stack that wrote stack.json: a killed one leaves its own behind."""
    written = data / "stack.json"
    return int(json.loads(written.read_text())["pids"]["local"]) if written.exists() else None
