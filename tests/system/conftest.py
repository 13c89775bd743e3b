"""The stack of the tests that rotate the password of PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.running.shop import Shop
from tests.running.stacks import a_running_stack


@pytest.fixture(scope="module")
def with_a_secret(starts_a_stack: None) -> Iterator[Shop]:
    """A stack whose functions have their login from a secret, which a rotation needs."""
    options = ("--faults", "--schedules", "0", "--unkind", "--quota-scale", "100")
    with a_running_stack(*options) as running:
        yield running
