"""PostgreSQL's errors and the driver's, as OrderErrors, and as what a log may hold of them."""

import re
from collections.abc import Mapping

from pg8000.exceptions import DatabaseError, Error

from orders.errors import DatabaseRefused, DatabaseUnavailable, DriverError, OrderError

DRIVER_ERRORS = (Error, OSError)
"""What pg8000 raises. An answer that does not come in time is a TimeoutError, an OSError."""

_TRANSIENT = ("08", "25006", "25P03", "25P04", "40", "53", "55P03", "57", "58")
"""SQLSTATEs of transient errors, in full or as a class (the first two characters).

08: no connection, also RDS Proxy's 08000 when no connection to the database becomes free. 25006:
the server became read-only (the old writer of a failover). 25P03, 25P04: the transaction was idle
too long, or took too long. 40: a deadlock or serialization failure. 53: no resources, such as
53300, no connection left. 55P03: a lock was not available. 57: the server starts, stops or has
crashed, or ended a statement or an idle session. 58: a system error.
Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
_REFUSED_LOGIN = "28"
"""The class of SQLSTATEs for a refused login. 28P01: PostgreSQL does not accept the password.
28000: RDS Proxy does not know the user, which happens after a rotation that alternates between two
users: https://github.com/aws/aws-secretsmanager-jdbc/pull/224."""


_QUOTING = ("22", "28", "3D", "53")
"""Classes of SQLSTATEs whose messages quote values, users or databases, such as 22P02: `invalid
input syntax for type integer: "abc"`."""
_NAMES = {"t": "table", "c": "column", "n": "constraint"}
"""Fields of PostgreSQL's ErrorResponse that name what the statement was about
(https://www.postgresql.org/docs/current/protocol-error-fields.html)."""


def for_the_log(error: Error | OSError) -> DriverError:
    """The error to raise from, in place of the driver's own; it has its traceback."""
    answer = _answer(error)
    text = _connection_lost(error) if answer is None else _said(answer)
    return DriverError(text).with_traceback(error.__traceback__)


def _said(answer: Mapping[str, str]) -> str:
    sqlstate, message = answer.get("C", "unknown"), answer.get("M", "")
    if sqlstate.startswith(_QUOTING):
        message = re.sub(r'".*"', '"..."', message, flags=re.DOTALL)
    names = [f"{word} {answer[key]}" for key, word in _NAMES.items() if key in answer]
    return f"SQLSTATE {sqlstate}: {message}" + (f" ({', '.join(names)})" if names else "")


def _connection_lost(error: BaseException | None) -> str:
    """`InterfaceError, because of ConnectionRefusedError`."""
    names = []
    while error:
        names.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return ", because of ".join(names)


def to_domain_error(error: Error | OSError) -> OrderError:
    """DatabaseUnavailable if another try may succeed, else DatabaseRefused."""
    sqlstate = _sqlstate(error)
    if sqlstate is None:
        return DatabaseUnavailable()
    if sqlstate.startswith(_TRANSIENT):
        return DatabaseUnavailable(f"gave up for now (SQLSTATE {sqlstate})")
    return DatabaseRefused(sqlstate)


def is_refused_login(error: Error | OSError) -> bool:
    """Whether the server did not accept user and password."""
    return (_sqlstate(error) or "").startswith(_REFUSED_LOGIN)


def _sqlstate(error: BaseException | None) -> str | None:
    """PostgreSQL's error code, if the server gave one."""
    answer = _answer(error)
    return None if answer is None else answer.get("C", "unknown")


def _answer(error: BaseException | None) -> Mapping[str, str] | None:
    """The fields of PostgreSQL's error, if the server gave one.

    When a login is refused, pg8000 says goodbye to a server that has hung up already. That error
    then hides PostgreSQL's own.
    """
    while error and not isinstance(error, DatabaseError):
        error = error.__context__
    return dict(error.args[0]) if error else None
