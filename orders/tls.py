"""Trust in the database's certificate, for a server that is not on this machine."""

import ssl
from functools import cache
from pathlib import Path

from orders.errors import DatabaseUnavailable, InvalidSetting, OrderError

CERTIFICATES = Path(__file__).with_name("certificates")
"""Amazon's CA certificates, as scripts/build ships them: the RDS bundle, because RDS has CAs of
its own that no other store knows, and the roots of RDS Proxy's certificates."""

_WRONG_NAME = (62, 64)
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH."""


@cache
def context(bundle: Path | None) -> ssl.SSLContext:
    """A context that verifies as libpq's verify-full does: chain and host name, from TLS 1.2 on.

    It trusts the CA certificates in the file `bundle` and no others; without a file, Amazon's and
    the system's. Made once, because reading 250 certificates takes 50 ms. Raises InvalidSetting.

    ssl.create_default_context is not used: from Python 3.13 on it also refuses certificates whose
    form RFC 5280 forbids, such as those of many private CAs.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if bundle is None:
        made.load_default_certs()
    try:
        for file in [bundle] if bundle else sorted(CERTIFICATES.glob("*.pem")):
            made.load_verify_locations(file)
    except OSError as error:  # an ssl.SSLError is one, too
        message = "Environment variable DB_CA_BUNDLE is wrong: no CA certificates in PEM"
        raise InvalidSetting(message) from error
    return made


def to_domain_error(error: Exception) -> OrderError | None:
    """What a failed handshake means, in words without the host's name; None for other errors.

    A certificate that cannot be verified is a wrong set-up: no retry helps until somebody changes
    DB_HOST, the certificate or the bundle. A handshake that ends otherwise may pass: the server may
    be going down, and pg8000 says "refuses SSL" of a server that hangs up, too.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        return InvalidSetting(_not_verified(error))
    if isinstance(error, ssl.SSLError):
        return DatabaseUnavailable("did not agree on TLS")
    if str(error) == "Server refuses SSL":
        return DatabaseUnavailable("did not offer TLS")
    return None


def _not_verified(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code in _WRONG_NAME:  # OpenSSL's own message has the host's name
        return "The database's certificate is for another name than the one in DB_HOST"
    return f"The database's certificate is not trusted (see DB_CA_BUNDLE): {error.verify_message}"
