"""The connection to PostgreSQL: one a process, kept warm, replaced when dead."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

from pg8000.exceptions import DatabaseError, Error
from pg8000.native import Connection

from orders.errors import DatabaseRefused, DatabaseUnavailable, InvalidSetting, OrderError
from orders.settings import DatabaseSettings, database_settings

TIMEOUT = 8
"""Seconds to connect, and to wait for any one answer: less than a task's 10."""

APPLICATION = "order-management"
"""The name of our connections, by which a trigger knows them (sql/migrations/0004)."""

_PASSING = ("08", "25006", "25P03", "40", "53", "55P03", "57", "58")
"""SQLSTATEs (or their classes) that trying again may mend: connection, a server that has become
read-only (a failover's old writer), idle in a transaction, deadlock, resources, lock, shutdown,
system."""

_FAULTS = (Error, OSError)
"""What pg8000 raises: an answer that does not come in time is a bare TimeoutError."""

_warm: list[Connection] = []


@contextmanager
def connection() -> Iterator[Connection]:
    """The warm connection, inside a transaction: commit on exit, rollback on error.

    Raises DatabaseUnavailable when it cannot be had or breaks, DatabaseRefused when
    PostgreSQL refuses for good. Not for threads: pg8000 connections are not shared.
    """
    try:
        live = _begin()
        yield live
        live.run("COMMIT")
    except _FAULTS as error:
        _forget()
        raise _to_domain_error(error) from error
    except OrderError:
        _roll_back()
        raise
    except BaseException:  # it may have come in the middle of an answer
        _forget()
        raise


@contextmanager
def session(application: str, timeout: float) -> Iterator[Connection]:
    """A connection of its own, closed on exit: for a command that takes its time.

    Raises as `connection`.
    """
    conn = connect(database_settings(), application=application, timeout=timeout)
    try:
        yield conn
    except _FAULTS as error:
        raise _to_domain_error(error) from error
    finally:
        with suppress(*_FAULTS):
            conn.close()


def connect(
    settings: DatabaseSettings, *, application: str = APPLICATION, timeout: float = TIMEOUT
) -> Connection:
    """Open a new connection; TLS, verified, unless the server is this machine.

    `timeout` is in seconds, for connecting and for every answer. Raises
    DatabaseUnavailable, DatabaseRefused (no such database, wrong password).
    """
    try:
        return _connect(settings, application, timeout)
    except ssl.SSLError as error:
        raise DatabaseUnavailable("did not agree on TLS") from error
    except _FAULTS as error:
        raise _to_domain_error(error) from error


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
        ssl_context=False if on_socket or _is_local(settings.db_host) else _tls(),
        timeout=timeout,
        application_name=application,
    )


def _begin() -> Connection:
    """BEGIN doubles as the check that the warm connection lives: nothing is lost by it."""
    if _warm:
        with suppress(*_FAULTS):
            _warm[0].run("BEGIN")
            return _warm[0]
        _forget()
    _warm.append(connect(database_settings()))
    _warm[0].run("BEGIN")
    return _warm[0]


def _roll_back() -> None:
    try:
        _warm[0].run("ROLLBACK")
    except (*_FAULTS, IndexError):
        _forget()


def _forget() -> None:
    """Drop the connection; after an error a new one is surer than a rollback."""
    while _warm:
        with suppress(*_FAULTS):
            _warm.pop().close()


def _to_domain_error(error: Error | OSError) -> OrderError:
    if not isinstance(error, DatabaseError):
        return DatabaseUnavailable()
    sqlstate = str(error.args[0].get("C", "unknown"))
    if sqlstate.startswith(_PASSING):
        return DatabaseUnavailable(f"gave up for now (SQLSTATE {sqlstate})")
    return DatabaseRefused(sqlstate)


def _credentials(settings: DatabaseSettings) -> tuple[str | None, str | None]:
    if settings.db_secret_arn is None:
        return settings.db_user, settings.db_password
    # Imported here: it brings boto3, 230 ms of a cold start that most functions can spare.
    from aws_lambda_powertools.utilities import parameters  # noqa: PLC0415

    # Asked for at every new connection, so that a rotated password is found at once.
    try:
        secret = parameters.get_secret(settings.db_secret_arn, transform="json", force_fetch=True)
    except parameters.GetParameterError as error:
        raise DatabaseUnavailable("password cannot be read from its secret") from error
    try:
        return secret["username"], secret["password"]
    except (KeyError, TypeError) as error:
        raise InvalidSetting("The secret of DB_SECRET_ARN needs username and password") from error


def _is_local(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


@cache
def _tls() -> ssl.SSLContext:
    """Made once: it costs 25 ms. SSL_CERT_FILE names another CA bundle, as for any OpenSSL."""
    return ssl.create_default_context()
