"""The check of the CA certificates that scripts/check and scripts/build make."""

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.conftest import ROOT

OURS = ROOT / "orders" / "certificates"


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/_certificates.py", str(folder)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one CA certificate that lives for a week."""
    pem = own_ca(lives=timedelta(days=7))
    (tmp_path / "own.pem").write_bytes(pem)
    (tmp_path / "SHA256SUMS").write_text(f"{hashlib.sha256(pem).hexdigest()}  own.pem\n")
    return tmp_path


def own_ca(lives: timedelta) -> bytes:
    """A CA certificate in PEM; those of trustme never expire."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Own CA")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + lives)
    ca = x509.BasicConstraints(ca=True, path_length=None)
    certificate = builder.add_extension(ca, critical=True).sign(key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM)


def test_our_certificates_are_those_that_were_noted() -> None:
    ended = check(OURS)

    assert ended.returncode == 0, ended.stderr
    assert "rds-global-bundle.pem: 108 CA certificates, the first expires on 2061-" in ended.stdout


def test_a_certificate_that_expires_soon_is_a_warning(folder: Path) -> None:
    ended = check(folder)

    assert ended.returncode == 0
    assert "WARNING: commonName=Own CA" in ended.stderr
    assert "docs/operating.md" in ended.stderr


def test_a_changed_file_is_refused(folder: Path) -> None:
    with (folder / "own.pem").open("a") as pem:
        pem.write("\n")

    ended = check(folder)

    assert ended.returncode == 1
    assert "own.pem" in ended.stderr


def test_a_file_that_was_not_noted_is_refused(folder: Path) -> None:
    (folder / "another.pem").write_bytes((folder / "own.pem").read_bytes())

    assert check(folder).returncode == 1


def test_a_folder_without_certificates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "SHA256SUMS").touch()

    assert check(tmp_path).returncode == 1
