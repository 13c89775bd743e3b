import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.local.small_stack import Running


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Outside pytest's own folder, which every new session of pytest closes to other accounts.

    As root, PostgreSQL runs under another account.
    """
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts stacks; whatever a test leaves running ends with it."""
    with ExitStack() as running:

        def started(data: Path, *options: str) -> Running:
            this = Running.start(data, *options)
            running.callback(this.end_if_running)
            return this

        yield started


@pytest.fixture(scope="package")
def cloud() -> Iterator[Running]:
    """A stack with small handlers, shared by these tests."""
    with TemporaryDirectory() as folder:
        running = Running.start(Path(folder), "--faults")
        yield running
        running.end(signal.SIGINT)


@pytest.fixture
def no_fault_left(cloud: Running) -> Iterator[None]:
    """Whatever a test plans ends with it."""
    yield
    cloud.clear_faults()
