"""TLS to a server that is not this machine: the real PostgreSQL behind a TLS front.

The embedded PostgreSQL is built without TLS.
"""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import trustme
from pg8000.native import Connection

from orders import database, tls
from orders.errors import DatabaseUnavailable, InvalidSetting
from orders.settings import DatabaseSettings

HOST = "orders.abcdef123456.eu-central-1.rds.amazonaws.com"
ANOTHER = "another.abcdef123456.eu-central-1.rds.amazonaws.com"
SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
YESTERDAY = datetime.now(UTC) - timedelta(days=1)

Server = Callable[[socket.socket], None]
"""What a server does with its one client."""


@pytest.fixture(autouse=True)
def _every_name_leads_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """In place of a DNS server: under its own names, this machine needs no TLS."""
    resolve = socket.getaddrinfo

    def resolve_here(_: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
        return resolve("127.0.0.1", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve_here)


@pytest.fixture(autouse=True)
def _no_context_of_another_test() -> None:
    tls.context.cache_clear()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def intermediate(authority: trustme.CA) -> trustme.CA:
    """RDS's servers have certificates of an intermediate CA, which they present as well."""
    return authority.create_child_ca()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    authority.cert_pem.write_to_path(tmp_path / "bundle.pem")
    return tmp_path / "bundle.pem"


@pytest.fixture
def login(postgres: dict[str, str]) -> dict[str, object]:
    """A login that the real server accepts."""
    return {"db_user": postgres["DB_USER"], "db_password": postgres["DB_PASSWORD"]}


@pytest.fixture
def with_tls(postgres: dict[str, str], intermediate: trustme.CA) -> Server:
    return behind_tls(postgres, intermediate.issue_cert(HOST))


def behind_tls(postgres: dict[str, str], certificate: trustme.LeafCert) -> Server:
    """The real server, with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    real = f"{postgres['DB_HOST']}/.s.PGSQL.{postgres['DB_PORT']}"
    return partial(pass_on, context=context, real=real)


def pass_on(client: socket.socket, context: ssl.SSLContext, real: str) -> None:
    client.sendall(b"S")
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


def without_tls(client: socket.socket) -> None:
    client.sendall(b"N")


def without_sense(client: socket.socket) -> None:
    client.sendall(b"S")
    client.recv(65536)
    client.sendall(b"no TLS")


def hanging_up(client: socket.socket) -> None:
    """As a server does that is being restarted."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextmanager
def connected(server: Server, **changed: object) -> Iterator[Connection]:
    """A connection to the server, with its usual settings but for those that are changed."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve_one, args=(listening, server), daemon=True).start()
        port = listening.getsockname()[1]
        usual = {"db_host": HOST, "db_port": port, "db_name": "orders"}
        login = {"db_user": "orders", "db_password": "local"}
        settings = DatabaseSettings.model_validate(usual | login | changed)
        with closing(database.connect(settings)) as connection:
            yield connection


def serve_one(listening: socket.socket, server: Server) -> None:
    client, _ = listening.accept()
    with client:
        assert client.recv(8) == SSL_REQUEST
        server(client)


def test_a_server_whose_ca_is_in_the_bundle_is_talked_to(
    with_tls: Server, bundle: Path, login: dict[str, object]
) -> None:
    with connected(with_tls, db_ca_bundle=bundle, **login) as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_without_a_bundle_the_system_is_trusted_too(
    with_tls: Server, bundle: Path, login: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for RDS Proxy, whose CAs are public ones."""
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))

    with connected(with_tls, **login) as connection:
        assert connection.run("SELECT 1") == [[1]]


def test_a_server_whose_ca_is_in_no_bundle_is_refused(with_tls: Server) -> None:
    message = r"not trusted \(see DB_CA_BUNDLE\): unable to get local issuer certificate"

    with pytest.raises(InvalidSetting, match=message), connected(with_tls):
        pass


def test_a_bundle_replaces_all_other_ca_certificates(
    with_tls: Server, bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    trustme.CA().cert_pem.write_to_path(tmp_path / "another.pem")

    with (
        pytest.raises(InvalidSetting, match="not trusted"),
        connected(with_tls, db_ca_bundle=tmp_path / "another.pem"),
    ):
        pass


@pytest.mark.parametrize("host", [ANOTHER, "192.0.2.1"])
def test_a_certificate_for_another_name_is_refused(
    with_tls: Server, bundle: Path, host: str
) -> None:
    with (
        pytest.raises(InvalidSetting, match="for another name than the one in DB_HOST"),
        connected(with_tls, db_ca_bundle=bundle, db_host=host),
    ):
        pass


def test_an_expired_certificate_is_refused(
    postgres: dict[str, str], intermediate: trustme.CA, bundle: Path
) -> None:
    expired = behind_tls(postgres, intermediate.issue_cert(HOST, not_after=YESTERDAY))

    with (
        pytest.raises(InvalidSetting, match="certificate has expired"),
        connected(expired, db_ca_bundle=bundle),
    ):
        pass


@pytest.mark.parametrize(
    ("server", "message"),
    [
        (without_tls, "did not offer TLS"),
        (without_sense, "did not agree on TLS"),
        (hanging_up, "The database"),
    ],
)
def test_a_server_that_breaks_off_is_unavailable(server: Server, message: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=message), connected(server):
        pass


def test_a_bundle_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.pem").write_text("\n")

    with pytest.raises(InvalidSetting, match="DB_CA_BUNDLE is wrong: no CA certificates in PEM"):
        tls.context(tmp_path / "empty.pem")


@pytest.mark.parametrize(
    "name",
    [
        *(f"Amazon RDS eu-central-1 Root CA {key} G1" for key in ("RSA2048", "RSA4096", "ECC384")),
        *(f"Amazon Root CA {number}" for number in (1, 2, 3, 4)),
        "Starfield Services Root Certificate Authority - G2",
    ],
)
def test_amazons_certificates_need_no_store_of_the_system(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))

    assert f"'{name}'" in str(tls.context(None).get_ca_certs())


def test_chain_and_name_are_verified_from_tls_1_2_on() -> None:
    context = tls.context(None)

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
