import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local.step_functions import moto_process
from tests.local.in_process import lambda_functions
from tests.local.lambda_client import LambdaClient
from tests.local.moto import Moto, moto_alone
from tests.local.small_stack import CLOUD, Running, running


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not in pytest's own folder: the path of a unix socket must be short."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="package", autouse=True)
def _handlers_on_path() -> Iterator[None]:
    """The small template's handlers can be imported, here and by workers of this process."""
    sys.path.insert(0, str(CLOUD))
    yield
    sys.path.remove(str(CLOUD))


@pytest.fixture(scope="package")
def shared_lambdas(starts_a_stack: None) -> Iterator[LambdaClient]:
    with (
        TemporaryDirectory() as logs,
        lambda_functions(Path(logs), moto_process.settings("")) as client,
    ):
        yield client


@pytest.fixture
def lambdas(shared_lambdas: LambdaClient) -> Iterator[LambdaClient]:
    """The small template's functions in worker processes, without a stack.

    The faults that a test plans end with it.
    """
    yield shared_lambdas
    shared_lambdas.clear_faults()


@pytest.fixture(scope="package")
def shared_moto(starts_a_stack: None) -> Iterator[Moto]:
    with (
        TemporaryDirectory() as logs,
        moto_alone(Path(logs, "moto.log"), "1", "--faults") as moto,
    ):
        yield moto


@pytest.fixture
def moto(shared_moto: Moto) -> Iterator[Moto]:
    """S3 and Step Functions without a stack. The faults that a test plans end with it."""
    yield shared_moto
    shared_moto.clear_faults()


@pytest.fixture(scope="package")
def shared_cloud(starts_a_stack: None) -> Iterator[Running]:
    with TemporaryDirectory() as folder, running(Path(folder), "--faults") as stack:
        yield stack


@pytest.fixture
def cloud(shared_cloud: Running) -> Iterator[Running]:
    """A stack with small handlers, shared by these tests. The faults of a test end with it."""
    yield shared_cloud
    shared_cloud.lambdas.clear_faults()
