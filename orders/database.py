"""The connection to PostgreSQL: one for each process, kept warm, replaced when it is dead."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from orders import tls
from orders.errors import DatabaseRefused, DatabaseUnavailable, InvalidSetting, OrderError
from orders.permissions import DATABASE_SECRET, needs
from orders.settings import DatabaseSettings, database_settings

TIMEOUT = 8
"""Seconds to connect, and to wait for any one answer: less than a task's timeout of 10 s."""

APPLICATION = "order-management"
"""The application_name of our connections. The trigger of sql/migrations/0004 counts changes of
stock as receipts of goods, except over connections with this name."""

_TRANSIENT = ("08", "25006", "25P03", "40", "53", "55P03", "57", "58")
"""SQLSTATEs of transient errors, in full or as a class (the first two characters).

08: no connection. 25006: the server became read-only (the old writer of a failover). 25P03: the
transaction was idle too long. 40: a deadlock or serialization failure. 53: no resources. 55P03: a
lock was not available. 57: a shutdown, or a statement that was cancelled. 58: a system error.
"""

_DRIVER_ERRORS = (Error, OSError)
"""What pg8000 raises. An answer that does not come in time is a TimeoutError, an OSError."""

_warm: list[Connection] = []


@contextmanager
def connection() -> Iterator[Connection]:
    """The warm connection, inside a transaction: commit on exit, rollback on error.

    Raises DatabaseUnavailable when there is no connection or it breaks, DatabaseRefused when
    PostgreSQL rejects a statement for good. Not thread-safe: pg8000 connections are not.
    """
    try:
        live = _begin()
        yield live
        live.run("COMMIT")
    except _DRIVER_ERRORS as error:
        _forget()
        raise _to_domain_error(error) from error
    except OrderError:
        _roll_back()
        raise
    except BaseException:  # an interruption may have come in the middle of an answer
        _forget()
        raise


@contextmanager
def session(application: str, timeout: float) -> Iterator[Connection]:
    """A separate connection, closed on exit, for a command with long statements.

    `timeout` is in seconds. Raises as `connection`.
    """
    conn = connect(database_settings(), application=application, timeout=timeout)
    try:
        yield conn
    except _DRIVER_ERRORS as error:
        raise _to_domain_error(error) from error
    finally:
        with suppress(*_DRIVER_ERRORS):
            conn.close()


def connect(
    settings: DatabaseSettings, *, application: str = APPLICATION, timeout: float = TIMEOUT
) -> Connection:
    """Open a new connection, with verified TLS unless the server is on this machine.

    `timeout` is in seconds, for connecting and for every answer. Raises
    DatabaseUnavailable, DatabaseRefused (no such database, wrong password), InvalidSetting (the
    server's certificate is not trusted).
    """
    try:
        return _connect(settings, application, timeout)
    except _DRIVER_ERRORS as error:
        raise (tls.to_domain_error(error) or _to_domain_error(error)) from error


def _connect(settings: DatabaseSettings, application: str, timeout: float) -> Connection:
    user, password = _credentials(settings)
    on_socket = settings.db_host.startswith("/")
    return Connection(
        user=user,
        password=password,
        database=settings.db_name,
        host=settings.db_host,
        port=settings.db_port,
        unix_sock=f"{settings.db_host}/.s.PGSQL.{settings.db_port}" if on_socket else None,
        ssl_context=False if _is_local(settings.db_host) else tls.context(settings.db_ca_bundle),
        timeout=timeout,
        application_name=application,
    )


def _begin() -> Connection:
    """Begin a transaction on the warm connection, or on a new one when the warm one is dead.

    BEGIN itself is the check: when it fails, no statement of the transaction has run yet.
    """
    if _warm:
        with suppress(*_DRIVER_ERRORS):
            _warm[0].run("BEGIN")
            return _warm[0]
        _forget()
    _warm.append(connect(database_settings()))
    _warm[0].run("BEGIN")
    return _warm[0]


def _roll_back() -> None:
    try:
        _warm[0].run("ROLLBACK")
    except (*_DRIVER_ERRORS, IndexError):
        _forget()


def _forget() -> None:
    """Drop the connection; after a driver error a new one is safer than a rollback."""
    while _warm:
        with suppress(*_DRIVER_ERRORS):
            _warm.pop().close()


def _to_domain_error(error: Error | OSError) -> OrderError:
    if not isinstance(error, DatabaseError):
        return DatabaseUnavailable()
    sqlstate = str(error.args[0].get("C", "unknown"))
    if sqlstate.startswith(_TRANSIENT):
        return DatabaseUnavailable(f"gave up for now (SQLSTATE {sqlstate})")
    return DatabaseRefused(sqlstate)


@needs("secretsmanager:GetSecretValue", on=DATABASE_SECRET)
def _credentials(settings: DatabaseSettings) -> tuple[str | None, str | None]:
    if settings.db_secret_arn is None:
        return settings.db_user, settings.db_password
    # Imported only if there is a secret, because it imports boto3: 230 ms of a cold start.
    from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415

    # Read again for every new connection, so that a rotated password is found at once.
    try:
        secret = parameters.get_secret(settings.db_secret_arn, transform="json", force_fetch=True)
    except parameters.GetParameterError as error:
        raise DatabaseUnavailable("password cannot be read from its secret") from error
    try:
        return secret["username"], secret["password"]
    except (KeyError, TypeError) as error:
        raise InvalidSetting("The secret of DB_SECRET_ARN needs username and password") from error


def _is_local(host: str) -> bool:
    return host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
