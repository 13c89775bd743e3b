"""The tables as a test reads and fills them."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from uuid import uuid4

from pg8000.native import Connection, InterfaceError

from local.postgres.embedded import connect_as_owner
from orders.errors import DatabaseUnavailable
from tests.running.builders import Document
from tests.running.waiting import eventually


@dataclass
class Tables:
    """The database that these settings lead to."""

    environment: dict[str, str]

    @cached_property
    def database(self) -> Connection:
        """A connection of the tests' own, as the owner of the tables."""
        return connect_as_owner(self.environment)

    def do_not_wait_for_the_disk(self) -> None:
        """Nothing here has to survive a crash of the machine; what is killed loses no commit.

        ALTER SYSTEM, which writes this file, is for superusers, and none can log in.
        """
        data = Path(self.environment["PGPASSFILE"]).with_name("postgres")
        with (data / "postgresql.auto.conf").open("a") as file:
            file.write("fsync = off\nfull_page_writes = off\n")
        pid = (data / "postmaster.pid").read_text().partition("\n")[0]
        os.kill(int(pid), signal.SIGHUP)

    def close(self) -> None:
        """Close the connection, if it is open and its server has not died."""
        if "database" in self.__dict__:
            with suppress(InterfaceError):
                self.database.close()

    def reconnect(self) -> None:
        """Forget a connection that died with its server; the next statement makes another."""
        self.__dict__.pop("database", None)

    def rows(self, sql: str, **parameters: object) -> list[Document]:
        """Run the SQL and return its rows as dicts; reconnects if PostgreSQL was restarted."""
        try:
            self.database.run("SELECT 1")
        except (InterfaceError, OSError):  # PostgreSQL has been restarted
            del self.database
            eventually(self._connected)
        rows = self.database.run(sql, **parameters)
        names = [column["name"] for column in self.database.columns or []]
        return [dict(zip(names, row, strict=True)) for row in rows or []]

    def _connected(self) -> None:
        try:
            assert self.database
        except DatabaseUnavailable as error:
            raise AssertionError from error

    def product(self, *, price: str = "10.00", stock: int = 100) -> str:
        """A product of the test's own, so that tests do not share stock."""
        product_id = f"P-{uuid4().hex[:12]}"
        self.rows(
            "INSERT INTO inventory VALUES (:id, 'A product', :price, :stock)",
            id=product_id,
            price=Decimal(price),
            stock=stock,
        )
        return product_id

    def stock(self, product_id: str) -> int:
        """How many pieces of the product are in stock."""
        (row,) = self.rows("SELECT stock FROM inventory WHERE product_id = :id", id=product_id)
        return int(row["stock"])

    def order_row(self, order_id: str) -> Document | None:
        """The order's row, if there is one."""
        rows = self.rows("SELECT * FROM orders WHERE order_id = :id", id=order_id)
        return rows[0] if rows else None

    def item_rows(self, order_id: str) -> list[Document]:
        """The order's items, by product."""
        return self.rows(
            "SELECT product_id, quantity, price FROM order_items "
            "WHERE order_id = :id ORDER BY product_id",
            id=order_id,
        )

    def make_older(self, order_id: str) -> None:
        """Let the order be accepted a minute earlier: its execution, if any, is shown by now."""
        self.rows(
            "UPDATE accepted_orders SET accepted_at = accepted_at - INTERVAL '1 minute' "
            "WHERE order_id = :id",
            id=order_id,
        )

    def reservations(self, order_id: str) -> set[str]:
        """The statuses of the order's reservation rows."""
        found = self.rows(
            "SELECT status FROM inventory_reservations WHERE order_id = :id", id=order_id
        )
        return {row["status"] for row in found}
