"""Whether the database still has its tables, asked over a connection that is kept."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from local.postgres import logins
from local.processes import daemon_thread

if TYPE_CHECKING:
    from pg8000.native import Connection

SECONDS = 30
"""The longest wait for an answer."""


class Tables:
    """The tables of the database that these DB_* settings name.

    The methods raise the errors of pg8000, and those of orders.database.connect.
    """

    def __init__(self, settings: Mapping[str, str]) -> None:
        self._settings = settings
        self._noted: set[str] = set()
        self._kept: list[Connection] = []

    async def note(self) -> None:
        """Note which tables there are: the migrations of a release have just been applied."""
        self._noted = await daemon_thread.call(self._names)

    async def lost(self) -> list[str]:
        """The names of those that were noted, and are gone."""
        return sorted(self._noted - await daemon_thread.call(self._names))

    def _names(self) -> set[str]:
        conn = self._kept.pop() if self._kept else _connect(self._settings)
        try:
            rows = conn.run("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        except BaseException:
            with suppress(Exception):
                conn.close()
            raise
        self._kept.append(conn)
        return {name for (name,) in rows or ()}


def _connect(settings: Mapping[str, str]) -> "Connection":
    # Imported here, because the supervisor must not wait for it when it starts.
    from orders.database import connect  # noqa: PLC0415
    from orders.settings import DatabaseSettings  # noqa: PLC0415

    known = {name.lower(): value for name, value in logins.owner(settings).items() if value}
    return connect(DatabaseSettings.model_validate(known), timeout=SECONDS)
