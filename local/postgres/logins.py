"""Who may log in to the local PostgreSQL, and how.

Everybody needs a password. The owner's is kept in the data folder, in the file that PGPASSFILE
names. The functions' can be rotated, as on AWS; `scripts/up` makes a new one at each start.
"""

import secrets
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from local.faults.function_faults import LOGIN_WITHOUT_CONNECTIONS

if TYPE_CHECKING:
    from pg8000.native import Connection

DATABASE = "orders"
OWNER = "orders"
"""The role that owns the database, runs the migrations and is used with psql."""
FUNCTIONS = "order_functions"
"""The login of the functions, a member of the group role of sql/migrations/0008."""

HBA = """# Written by the local cloud at each start.
local all all scram-sha-256
"""
START_SECONDS = 30
"""How long `create` waits for a server that is restarting."""
IDLE_SECONDS = 30
"""PostgreSQL ends the functions' sessions that idle so long, as docs/operating.md advises."""


def new_password() -> str:
    """A password without a character that SQL or a password file would have to escape."""
    return secrets.token_urlsafe()


def functions() -> dict[str, str]:
    """The functions' login, with a new password."""
    return {"DB_USER": FUNCTIONS, "DB_PASSWORD": new_password()}


def owner(environment: Mapping[str, str]) -> dict[str, str]:
    """The same settings with the owner's login, whose password is in the file of PGPASSFILE."""
    password = read_password(Path(environment["PGPASSFILE"]).read_text("utf-8"))
    return {**environment, "DB_USER": OWNER, "DB_PASSWORD": password, "DB_SECRET_ARN": ""}


def password_file(password: str) -> str:
    """The owner's password in the format of libpq's PGPASSFILE."""
    return f"*:*:*:{OWNER}:{password}\n"


def read_password(text: str) -> str:
    """The password from such a file."""
    return text.strip().rpartition(":")[2]


def create(address: Mapping[str, str], password: str) -> None:
    """Create the functions' logins in a migrated database, or change the password."""
    # Imported here, because the supervisor must not wait for it when it starts.
    from pg8000.native import literal  # noqa: PLC0415

    with closing(_connected(address)) as conn:
        roles = {name for (name,) in conn.run("SELECT rolname FROM pg_roles")}
        for role in {FUNCTIONS, LOGIN_WITHOUT_CONNECTIONS} - roles:
            conn.run(f"CREATE ROLE {role} LOGIN IN ROLE order_app")
        for role, connections in ((FUNCTIONS, -1), (LOGIN_WITHOUT_CONNECTIONS, 0)):
            limit = f"CONNECTION LIMIT {connections}"
            conn.run(f"ALTER ROLE {role} {limit} PASSWORD {literal(password)}")
        conn.run(f"ALTER ROLE {FUNCTIONS} SET idle_session_timeout = '{IDLE_SECONDS}s'")


def _connected(address: Mapping[str, str]) -> "Connection":
    from pg8000.native import Connection, Error  # noqa: PLC0415  # as in `create`

    socket = f"{address['DB_HOST']}/.s.PGSQL.{address['DB_PORT']}"
    until_it_has_started = Retrying(
        retry=retry_if_exception_type((Error, OSError)),
        stop=stop_after_delay(START_SECONDS),
        wait=wait_fixed(0.1),
        reraise=True,
    )
    return until_it_has_started(
        Connection,
        OWNER,
        password=owner(address)["DB_PASSWORD"],
        unix_sock=socket,
        database=address["DB_NAME"],
        ssl_context=False,
    )
