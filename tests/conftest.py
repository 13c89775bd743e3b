"""One running stack for all tests: the real command, PostgreSQL, engine and HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings

from local.postgres.embedded import embedded
from tests.running.in_process import InProcess, in_process
from tests.running.shop import Shop
from tests.running.waiting import eventually

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run everything, not the thinned set")
    parser.addoption("--quick", action="store_true", help="run only what needs no running stack")
    parser.addoption(
        "--step-functions",
        metavar="URL",
        help="run tests/scenarios alone, on this engine",
    )
    parser.addoption(
        "--mocked", action="store_true", help="there with mocked tasks, from asl/mock_config.json"
    )
    parser.addoption(
        "--lambda-port", default="0", metavar="N", help="where that engine finds the functions"
    )


def pytest_configure(config: pytest.Config) -> None:
    settings.register_profile("thinned", max_examples=25, derandomize=True, deadline=None)
    settings.register_profile("all", settings.get_profile("thinned"), max_examples=2_000)
    settings.load_profile("all" if config.getoption("--all") else "thinned")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest are for --all; another engine is for tests that are marked for it."""
    if config.getoption("--step-functions"):
        wanted = "any_mocked_engine" if config.getoption("--mocked") else "any_engine"
        others = [item for item in items if not item.get_closest_marker(wanted)]
    else:
        whole = config.getoption("--all")
        others = [item for item in items if not whole and item.get_closest_marker("whole")]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


@contextmanager
def a_running_stack(*options: str) -> Iterator[Shop]:
    """`scripts/up` without its set-up, on free ports, with data of its own.

    Not in pytest's own temporary folder: a second pytest closes that to other users, and
    PostgreSQL, which refuses to run as root, is one.
    """
    with TemporaryDirectory(prefix="orders-") as folder, serving(Path(folder), *options) as shop:
        yield shop


@contextmanager
def serving(data: Path, *options: str) -> Iterator[Shop]:
    """The same, with the data in a folder of the caller's."""
    command = [sys.executable, "-m", "local", "--port", "0", "--data", str(data), *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as process:

        def ready() -> None:
            assert process.poll() is None, "the stack ended while starting"
            assert (data / "stack.json").exists(), "the stack does not get ready"

        try:
            eventually(ready, seconds=120)  # a busy machine starts slowly
            with closing(Shop.at(data)) as running:
                yield running
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """PostgreSQL alone: the DB_* settings that lead to it."""
    with TemporaryDirectory(prefix="orders-") as folder, embedded(Path(folder)) as environment:
        yield environment


@pytest.fixture(scope="module")
def functions(postgres: dict[str, str]) -> Iterator[InProcess]:
    """The deployed functions in this process; each test makes products of its own."""
    with in_process(postgres) as running:
        yield running


@pytest.fixture(scope="session")
def shop(request: pytest.FixtureRequest) -> Iterator[Shop]:
    """The stack that most tests share; each makes products of its own."""
    engine = request.config.getoption("--step-functions")
    options = ["--lambda-port", request.config.getoption("--lambda-port")]
    options += ["--step-functions", engine] if engine else []
    with a_running_stack("--faults", "--schedules", "0", *options) as running:
        yield running
