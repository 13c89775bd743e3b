import pytest

from local.processes import http_server
from local.processes.errors import StackFailure


def test_a_taken_port_is_a_failure() -> None:
    with http_server.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StackFailure) as failure:
            http_server.listen("127.0.0.1", port)
    assert str(failure.value) == f"Cannot listen on 127.0.0.1:{port}: Address already in use."


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("no host of that name", 0)])
def test_an_impossible_address_is_a_failure(host: str, port: int) -> None:
    with pytest.raises(StackFailure, match=f"Cannot listen on {host}:{port}: .+"):
        http_server.listen(host, port)


def test_a_server_for_all_addresses_is_reached_on_loopback() -> None:
    with http_server.listen("0.0.0.0", 0) as listening:  # noqa: S104  # closed at once
        port = listening.getsockname()[1]
        assert http_server.url(listening) == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(("host", "loopback"), [("127.0.0.1", True), ("0.0.0.0", False)])  # noqa: S104
def test_only_an_address_of_this_machine_is_loopback(host: str, *, loopback: bool) -> None:
    with http_server.listen(host, 0) as listening:
        assert http_server.is_loopback(listening) is loopback
