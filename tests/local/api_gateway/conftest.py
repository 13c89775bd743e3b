import pytest

from tests.local.in_process import Api


@pytest.fixture(scope="package")
def api() -> Api:
    """The small template's API, whose functions run in this process."""
    return Api.of()
