"""The connection to PostgreSQL: one for each process, kept warm, replaced when it is dead.

When the network loses packets, nothing answers or refuses: only our own limits end a wait.
tests/orders/test_time_limits.py compares their sums with the functions' timeouts.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pg8000.exceptions import Error
from pg8000.native import Connection

from orders import tls
from orders.credentials import login
from orders.database_errors import (
    DRIVER_ERRORS,
    for_the_log,
    is_refused_login,
    to_domain_error,
)
from orders.errors import DatabaseUnavailable, InvalidSetting, OrderError
from orders.settings import DatabaseSettings, database_settings

MAX_SECONDS = 8
"""When PostgreSQL hangs, a transaction gives up after so many seconds, less than a task's timeout
of 10 s. BEGIN on a dead connection, the secret, connecting and the hanging statement share them."""
MAX_SECONDS_FOR_BEGIN = 2
"""How long the warm connection may take to answer BEGIN before it counts as dead."""
MAX_SECONDS_FOR_CONNECTING = 3
"""How long each step of connecting may take."""
_LEAST_SECONDS = 0.01
"""What a wait gets when no time is left. A socket takes 0 for "do not wait at all"."""

APPLICATION = "order-functions"
"""The application_name of our connections, for whoever reads pg_stat_activity."""

_HAS_ROLE = "SELECT pg_has_role('order_app', 'USAGE') AND current_setting('is_superuser') = 'off'"

_warm: list[Connection] = []


@contextmanager
def connection(max_seconds: float = MAX_SECONDS) -> Iterator[Connection]:
    """The warm connection, inside a transaction: commit on exit, rollback on error.

    When the server does not answer, it gives up after `max_seconds`. Raises DatabaseUnavailable
    when there is no connection or it breaks, DatabaseRefused when PostgreSQL rejects a statement
    for good. Not thread-safe: pg8000 connections are not.
    """
    ends = time.monotonic() + max_seconds
    try:
        live = _begin(ends)
        yield live
        limit_wait(live, ends)
        live.run("COMMIT")
    except DRIVER_ERRORS as error:
        _forget()
        raise to_domain_error(error) from for_the_log(error)
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
    except DRIVER_ERRORS as error:
        raise to_domain_error(error) from for_the_log(error)
    finally:
        with suppress(*DRIVER_ERRORS):
            conn.close()


def connect(
    settings: DatabaseSettings,
    *,
    application: str = APPLICATION,
    timeout: float = MAX_SECONDS_FOR_CONNECTING,
    ends: float = math.inf,
) -> Connection:
    """Open a new connection, with verified TLS unless the server is on this machine.

    `timeout` is in seconds, for each step of connecting and for every answer. None of the steps
    waits beyond `ends`, in seconds of time.monotonic. Raises DatabaseUnavailable, DatabaseRefused
    (no such database, wrong password), InvalidSetting (the server's certificate is not trusted). A
    wrong password in a secret is transient: it is being rotated.
    """
    try:
        return _log_in(settings, application, timeout, ends)
    except DRIVER_ERRORS as error:
        raise _domain_error(settings, error) from for_the_log(error)


def _domain_error(settings: DatabaseSettings, error: Error | OSError) -> OrderError:
    if settings.db_secret_arn and is_refused_login(error):
        return DatabaseUnavailable("refuses the password of DB_SECRET_ARN for now")
    return tls.to_domain_error(error) or to_domain_error(error)


def _log_in(
    settings: DatabaseSettings, application: str, timeout: float, ends: float
) -> Connection:
    """Try twice if the password is in a secret, which may just have changed."""
    try:
        return _connect(settings, application, timeout, ends)
    except DRIVER_ERRORS as error:
        if not settings.db_secret_arn or not is_refused_login(error):
            raise
    return _connect(settings, application, timeout, ends)


def _connect(
    settings: DatabaseSettings, application: str, timeout: float, ends: float
) -> Connection:
    user, password = login(settings)
    on_socket = settings.db_host.startswith("/")
    return Connection(
        user=user,
        password=password,
        database=settings.db_name,
        host=settings.db_host,
        port=settings.db_port,
        unix_sock=f"{settings.db_host}/.s.PGSQL.{settings.db_port}" if on_socket else None,
        ssl_context=False if _is_local(settings.db_host) else tls.context(settings.db_ca_bundle),
        timeout=_until(ends, timeout),
        application_name=application,
    )


def _begin(ends: float) -> Connection:
    """Begin a transaction on the warm connection, or on a new one when the warm one is dead.

    BEGIN itself is the check: when it fails, no statement of the transaction has run yet.
    """
    if _warm:
        with suppress(*DRIVER_ERRORS):
            return _begin_on(_warm[0], MAX_SECONDS_FOR_BEGIN, ends)
        _forget()
    _warm.append(connect(database_settings(), ends=ends))
    limit_wait(_warm[0], ends)
    _require_role(_warm[0])
    return _begin_on(_warm[0], MAX_SECONDS_FOR_BEGIN, ends)


def _begin_on(conn: Connection, max_seconds: float, ends: float) -> Connection:
    limit_wait(conn, ends, max_seconds)
    conn.run("BEGIN")
    limit_wait(conn, ends)
    return conn


def limit_wait(conn: Connection, ends: float, at_most: float = math.inf) -> None:
    """Let the next statement wait until `ends`, in seconds of time.monotonic, and no longer.

    pg8000's only timeout is that of its socket, which every statement has anew.
    """
    conn._usock.settimeout(_until(ends, at_most))  # noqa: SLF001


def _until(ends: float, at_most: float = math.inf) -> float:
    """The seconds that are left until `ends`, but at most `at_most`."""
    return max(min(ends - time.monotonic(), at_most), _LEAST_SECONDS)


def _require_role(conn: Connection) -> None:
    """Refuse another role, whose changes of stock would count as receipts of goods.

    The trigger of sql/migrations/0008 makes the same distinction. This costs one round trip for
    each new connection.
    """
    if conn.run(_HAS_ROLE) != [[True]]:
        _forget()
        raise InvalidSetting(
            "The database user of DB_USER or DB_SECRET_ARN must be a member of order_app, and no "
            "superuser"
        )


def _roll_back() -> None:
    try:
        _warm[0].run("ROLLBACK")
    except (*DRIVER_ERRORS, IndexError):
        _forget()


def _forget() -> None:
    """Drop the connection; after a driver error a new one is safer than a rollback."""
    while _warm:
        with suppress(*DRIVER_ERRORS):
            _warm.pop().close()


def _is_local(host: str) -> bool:
    return host.startswith("/") or host in ("localhost", "127.0.0.1", "::1")
