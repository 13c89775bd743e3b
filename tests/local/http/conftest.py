from collections.abc import Callable, Iterator

import pytest

from tests.local.http.raw import Client, serving
from tests.local.in_process import Api


@pytest.fixture(scope="package")
def server() -> Iterator[tuple[str, int]]:
    """A server with the real limits, which no test of it waits for."""
    with serving() as address:
        yield address


@pytest.fixture
def client(server: tuple[str, int]) -> Iterator[Client]:
    """A connection to that server."""
    this = Client(server)
    yield this
    this.close()


@pytest.fixture
def sends(server: tuple[str, int]) -> Iterator[Callable[..., Client]]:
    """Opens a connection to that server and sends the bytes."""
    opened = []

    def send(*parts: bytes) -> Client:
        opened.append(Client(server))
        return opened[-1].send(*parts)

    yield send
    for each in opened:
        each.close()


@pytest.fixture(scope="package")
def api() -> Api:
    """The small template's API, whose functions run in this process."""
    return Api.of()
