"""TLS to a server that is not this machine: the real PostgreSQL behind a TLS front."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from orders import database
from orders.errors import DatabaseUnavailable
from orders.settings import DatabaseSettings

ELSEWHERE = "127.0.0.2"
"""Loopback, but not one of the names for this machine that need no TLS."""
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Whom the server's certificate comes from."""
    return trustme.CA()


@pytest.fixture(autouse=True)
def _no_context_of_another_test() -> None:
    database._tls.cache_clear()  # noqa: SLF001 - made once a process


@pytest.fixture(params=[True], ids=["tls"])
def settings(
    postgres: dict[str, str], authority: trustme.CA, request: pytest.FixtureRequest
) -> Iterator[DatabaseSettings]:
    """The shop's database, through the front."""
    known = {name.lower(): value for name, value in postgres.items()}
    real = f"{known['db_host']}/.s.PGSQL.{known['db_port']}"
    with socket.create_server((ELSEWHERE, 0)) as listening:
        arguments = (listening, real, authority if request.param else None)
        threading.Thread(target=serve_one, args=arguments, daemon=True).start()
        port = listening.getsockname()[1]
        yield DatabaseSettings.model_validate(known | {"db_host": ELSEWHERE, "db_port": port})


def serve_one(listening: socket.socket, real: str, authority: trustme.CA | None) -> None:
    """Answer one client's wish for TLS, then pass everything on to the real server."""
    client, _ = listening.accept()
    with client:
        assert client.recv(8) == SSL_REQUEST
        client.sendall(b"S" if authority else b"N")
        if authority:
            pass_on(client, real, authority)


def pass_on(client: socket.socket, real: str, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(ELSEWHERE).configure_cert(context)
    try:
        secure = context.wrap_socket(client, server_side=True)
    except ssl.SSLError:
        return  # the client does not trust us
    with secure, socket.socket(socket.AF_UNIX) as server:
        server.connect(real)
        back = threading.Thread(target=copy, args=(server, secure), daemon=True)
        back.start()
        copy(secure, server)
        server.shutdown(socket.SHUT_WR)
        back.join()


def copy(source: socket.socket, target: socket.socket) -> None:
    while data := source.recv(65536):
        target.sendall(data)


def test_a_server_with_a_trusted_certificate_is_talked_to(
    settings: DatabaseSettings,
    authority: trustme.CA,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(bundle)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    connection = database.connect(settings)

    assert connection.run("SELECT 1") == [[1]]
    connection.close()


def test_a_server_that_nobody_vouches_for_is_refused(settings: DatabaseSettings) -> None:
    with pytest.raises(DatabaseUnavailable, match="did not agree on TLS"):
        database.connect(settings)


def test_a_server_that_hangs_up_on_tls_is_unavailable(postgres: dict[str, str]) -> None:
    """As one does that is being restarted."""
    known = {name.lower(): value for name, value in postgres.items()}
    with socket.create_server((ELSEWHERE, 0)) as listening:
        hang_up = threading.Thread(target=reset_one, args=(listening,), daemon=True)
        hang_up.start()
        port = listening.getsockname()[1]
        settings = DatabaseSettings.model_validate(known | {"db_host": ELSEWHERE, "db_port": port})

        with pytest.raises(DatabaseUnavailable):
            database.connect(settings)


def reset_one(listening: socket.socket) -> None:
    client, _ = listening.accept()
    client.recv(8)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@pytest.mark.parametrize("settings", [False], ids=["no tls"], indirect=True)
def test_a_server_without_tls_is_refused(settings: DatabaseSettings) -> None:
    with pytest.raises(DatabaseUnavailable) as failed:
        database.connect(settings)

    assert str(failed.value.__cause__) == "Server refuses SSL"
