import resource
from collections.abc import Iterator

import pytest

from local.http import file_limit
from local.http.file_limit import Connections


@pytest.fixture
def soft_limit() -> Iterator[int]:
    """A soft limit of files below the hard one, in this process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    low = min(soft, hard, file_limit.MOST) - 1
    resource.setrlimit(resource.RLIMIT_NOFILE, (low, hard))
    yield low
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_soft_limit_is_raised_to_the_hard_one(soft_limit: int) -> None:
    raised = file_limit.raise_limit()
    assert raised > soft_limit
    assert raised == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def test_a_limit_that_is_high_enough_is_left_alone(soft_limit: int) -> None:
    file_limit.raise_limit()
    assert file_limit.raise_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (256, Connections(api=48, invoke_api=16)),
        (1024, Connections(api=384, invoke_api=128)),
        (10_240, Connections(api=7296, invoke_api=2432)),
        (65_536, Connections(api=7500, invoke_api=2500)),
    ],
)
def test_connections_leave_the_stack_its_files(files: int, expected: Connections) -> None:
    assert file_limit.connections(files) == expected
