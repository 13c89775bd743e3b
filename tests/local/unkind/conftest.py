from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.local.moto import Moto, moto_alone


@pytest.fixture(scope="package")
def unkind_moto(starts_a_stack: None) -> Iterator[Moto]:
    """moto with eventual consistency and AWS's own quotas."""
    with (
        TemporaryDirectory() as logs,
        moto_alone(Path(logs, "moto.log"), "1", "--quota-scale", "1") as moto,
    ):
        yield moto
