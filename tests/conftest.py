"""Which tests run, and the fixtures that all of them share.

Each layer of tests has a fixture: `postgres` is PostgreSQL alone, `functions` runs the deployed
functions in this process, and `shop` is a running stack. What starts a stack requests
`starts_a_stack`, so that `scripts/test --quick` can leave it out.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter
from botocore.loaders import JSONFileLoader
from hypothesis import settings

from local.postgres.embedded import embedded
from tests.running import stacks
from tests.running.in_process import InProcess, in_process
from tests.running.shop import Shop
from tests.running.stacks import ROOT, Session, a_running_stack, needs_stack, serving
from tests.running.tables import Tables

__all__ = ["ROOT", "a_running_stack", "serving"]

LONGEST = (
    "system/test_failure_matrix.py",
    "interleavings/test_any_interleaving.py",
    "system/test_killed_components.py",
    "local/test_main.py",
    "operations/test_reconciler_on_the_engine.py",
    "system/test_overload.py",
    "scenarios/test_scenarios.py",
    "system/test_start_and_restart.py",
)
"""These files run first: a long one that ran last would leave the other process idle."""
TABLE = "table"
"""Tests record tables under this name, and the run prints them at its end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--all", action="store_true", help="run everything, not the thinned set")
    parser.addoption("--quick", action="store_true", help="run only what needs no running stack")
    parser.addoption(
        "--step-functions",
        metavar="URL",
        help="run the tests of the shared stack alone, on this engine",
    )
    parser.addoption(
        "--mocked", action="store_true", help="there with mocked tasks, from asl/mock_config.json"
    )
    parser.addoption(
        "--lambda-port", default="0", metavar="N", help="where that engine finds the functions"
    )


def _keep_aws_models() -> None:
    """Each `mock_aws` has a boto3 session of its own, which would read the same files again."""
    load = JSONFileLoader.load_file
    read = cache(partial(load, JSONFileLoader()))

    def load_once(_: JSONFileLoader, path: str) -> Any:  # noqa: ANN401 - JSON
        return read(path)

    JSONFileLoader.load_file = load_once


def _refuse_unused(config: pytest.Config) -> None:
    """Raise UsageError for an option that would do nothing."""
    if config.getoption("--step-functions"):
        return
    for option, unset in (("--mocked", False), ("--lambda-port", "0")):
        if config.getoption(option) != unset:
            raise pytest.UsageError(f"{option}: only with --step-functions")


def pytest_configure(config: pytest.Config) -> None:
    _refuse_unused(config)
    settings.register_profile("thinned", max_examples=25, derandomize=True, deadline=None)
    settings.register_profile("all", settings.get_profile("thinned"), max_examples=2_000)
    settings.load_profile("all" if config.getoption("--all") else "thinned")
    stacks.refuse_undeclared()
    _keep_aws_models()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With --quick, schemathesis need not generate requests for a stack that does not run."""
    needs_schemathesis = collection_path.name == "test_every_answer.py"
    return True if needs_schemathesis and config.getoption("--quick") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    chosen = [item for item in items if _is_chosen(item, config)]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = sorted(chosen, key=_place)


def _is_chosen(item: pytest.Item, config: pytest.Config) -> bool:
    """On another engine run the tests of the shared stack; `whole` ones run only with --all."""
    if config.getoption("--mocked"):
        return item.get_closest_marker("any_mocked_engine") is not None
    if config.getoption("--step-functions") and "shop" not in getattr(item, "fixturenames", ()):
        return False
    if config.getoption("--quick") and needs_stack(item):
        return False
    return bool(config.getoption("--all")) or not item.get_closest_marker("whole")


def _place(item: pytest.Item) -> int:
    """The longest files come first, in their order, and the others stay as they are."""
    file = item.path.relative_to(ROOT / "tests").as_posix()
    return LONGEST.index(file) if file in LONGEST else len(LONGEST)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    Session.test = item
    try:
        return (yield)
    finally:
        Session.test = None


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Print the recorded tables here, as a test in another process cannot print."""
    for report in [
        each for kind in ("passed", "failed") for each in terminalreporter.stats.get(kind, ())
    ]:
        for name, text in report.user_properties:
            if name == TABLE:
                terminalreporter.write_line(f"\n{text}")


@pytest.fixture(scope="session")
def starts_a_stack() -> None:
    """Requested by what starts a stack, workers, moto or an engine; --quick leaves it out."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[dict[str, str]]:
    """PostgreSQL alone: the DB_* settings that lead to it."""
    with TemporaryDirectory(prefix="orders-") as folder, embedded(Path(folder)) as environment:
        with closing(Tables(environment)) as tables:
            tables.do_not_wait_for_the_disk()
        yield environment


@pytest.fixture(scope="module")
def functions(postgres: dict[str, str]) -> Iterator[InProcess]:
    """The deployed functions in this process; each test makes products of its own."""
    with in_process(postgres) as running:
        yield running


@pytest.fixture(scope="session")
def shop(request: pytest.FixtureRequest, starts_a_stack: None) -> Iterator[Shop]:
    """The stack that most tests share; each makes products of its own."""
    engine = request.config.getoption("--step-functions")
    options = ["--lambda-port", request.config.getoption("--lambda-port")]
    options += ["--step-functions", engine] if engine else []
    options += ["--allow-origin", "https://shop.example", "--allow-origin", "http://localhost:3000"]
    with a_running_stack("--unkind", "--faults", "--schedules", "0", *options) as running:
        yield running


@pytest.fixture(scope="module")
def own(starts_a_stack: None) -> Iterator[Shop]:
    """A stack of the module's own, so that the doctor may be asked about all of it."""
    with a_running_stack("--unkind", "--faults", "--schedules", "0") as running:
        yield running
