"""Check the CA certificates in a folder against its SHA256SUMS, and say when they expire.

usage: python3 scripts/_certificates.py FOLDER

Fails when a file is not the one whose hash was noted. A certificate that has expired, or will
within a year, is a warning only: the others still serve, and a clone must not break by the
calendar.
"""

import hashlib
import ssl
import sys
import time
from pathlib import Path
from typing import Any

ADVICE = 'See "The database\'s certificate" in docs/operating.md'
YEAR = 365 * 24 * 60 * 60


def main(folder: Path) -> None:
    """Print a line for each file and a warning for each certificate; exits when a hash differs."""
    noted = (folder / "SHA256SUMS").read_text().splitlines()
    found = [f"{digest(file)}  {file.name}" for file in sorted(folder.glob("*.pem"))]
    if found != noted or not found:
        differing = sorted(set(found) ^ set(noted))
        sys.exit(f"{folder}/SHA256SUMS does not fit: {differing}. {ADVICE}.")
    for file in sorted(folder.glob("*.pem")):
        report(file)


def digest(file: Path) -> str:
    """The file's SHA-256, in hex."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def report(file: Path) -> None:
    """Say how many certificates the file has, and which of them expire within a year."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(file)
    ends = sorted((end(each), name(each)) for each in context.get_ca_certs())
    print(f"{file.name}: {len(ends)} CA certificates, the first expires on {day(ends[0][0])}")
    for seconds, subject in ends:
        if seconds < time.time() + YEAR:
            print(f"  WARNING: {subject} expires on {day(seconds)}. {ADVICE}.", file=sys.stderr)


def end(certificate: dict[str, Any]) -> int:
    """When the certificate expires, as a POSIX time."""
    return ssl.cert_time_to_seconds(certificate["notAfter"])


def name(certificate: dict[str, Any]) -> str:
    """The subject, as `countryName=US, commonName=Amazon Root CA 1`."""
    return ", ".join("=".join(pair) for (pair,) in certificate["subject"])


def day(seconds: float) -> str:
    """The UTC date of a POSIX time."""
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
