"""Who may log in to the local PostgreSQL, and how.

The owner of the tables needs no password, because only the server's own account can open the
socket. The functions have a password, as on AWS, so that it can be rotated. `scripts/up` makes
a new one at each start.
"""

import secrets
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING

from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

from local.faults.function_faults import LOGIN_WITHOUT_CONNECTIONS

if TYPE_CHECKING:
    from pg8000.native import Connection

OWNER = "orders"
"""The superuser that owns the database, runs the migrations and is used with psql."""
FUNCTIONS = "order_functions"
"""The login of the functions, a member of the group role of sql/migrations/0008."""

HBA = f"""# Written by the local cloud at each start.
local all {OWNER},{LOGIN_WITHOUT_CONNECTIONS} trust
local all all scram-sha-256
"""
START_SECONDS = 30
"""How long `create` waits for a server that is restarting."""
IDLE_SECONDS = 30
"""PostgreSQL ends the functions' sessions that idle so long, as docs/operating.md advises."""


def functions() -> dict[str, str]:
    """The functions' login, with a new password."""
    return {"DB_USER": FUNCTIONS, "DB_PASSWORD": secrets.token_urlsafe()}


def owner(environment: Mapping[str, str]) -> dict[str, str]:
    """The same settings with the owner's login. PostgreSQL does not ask for its password."""
    return {**environment, "DB_USER": OWNER, "DB_PASSWORD": "none", "DB_SECRET_ARN": ""}


def create(address: Mapping[str, str], password: str) -> None:
    """Create the functions' logins in a migrated database, or change the password."""
    # Imported here, because the supervisor must not wait for it when it starts.
    from pg8000.native import literal  # noqa: PLC0415

    with closing(_connected(address)) as conn:
        roles = {name for (name,) in conn.run("SELECT rolname FROM pg_roles")}
        for role in {FUNCTIONS, LOGIN_WITHOUT_CONNECTIONS} - roles:
            conn.run(f"CREATE ROLE {role} LOGIN IN ROLE order_app CONNECTION LIMIT 0")
        conn.run(f"ALTER ROLE {FUNCTIONS} CONNECTION LIMIT -1 PASSWORD {literal(password)}")
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
        Connection, OWNER, unix_sock=socket, database=address["DB_NAME"], ssl_context=False
    )
