"""The queries of sql/queries with their types, as PostgreSQL describes them.

Written by scripts/render: change sql/queries, not this file.
"""

from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypedDict


class FindRow(TypedDict):
    """A row of `find`."""

    order_digest: str | None
    is_settled: bool
    request: str | None


class OpenOrdersRow(TypedDict):
    """A row of `open_orders`."""

    order_id: str
    accepted_at: datetime


class ContradictionsRow(TypedDict):
    """A row of `contradictions`."""

    order_id: str
    status: str
    expected: str
    reserved: str | None


class CountsRow(TypedDict):
    """A row of `counts`."""

    orders: int
    products: int
    reservations: int


class ExecutionsWithoutRowsRow(TypedDict):
    """A row of `executions_without_rows`."""

    order_id: str


class LostStockRow(TypedDict):
    """A row of `lost_stock`."""

    product_id: str
    received: Decimal
    stock: int
    held: int
    shipped: int


class PastBackupRow(TypedDict):
    """A row of `past_backup`."""

    order_id: str
    created_at: datetime


class StatusesOfOpenRow(TypedDict):
    """A row of `statuses_of_open`."""

    order_id: str
    status: str | None


class StockWithoutOrderRow(TypedDict):
    """A row of `stock_without_order`."""

    order_id: str


class WrongReservationsRow(TypedDict):
    """A row of `wrong_reservations`."""

    order_id: str
    product_id: str
    ordered: int
    reserved: int


class WrongTotalsRow(TypedDict):
    """A row of `wrong_totals`."""

    order_id: str
    total_amount: Decimal
    items_total: Decimal
    items: int


class PricesRow(TypedDict):
    """A row of `prices`."""

    product_id: str
    price: Decimal


class TakeStockRow(TypedDict):
    """A row of `take_stock`."""

    product_id: str


class OrderItem(TypedDict):
    """An object in a row of `get_order`."""

    product_id: str
    quantity: int
    price: str


class GetOrderRow(TypedDict):
    """A row of `get_order`."""

    order_id: str
    customer_id: str
    total_amount: Decimal
    status: str
    created_at: datetime
    items: list[OrderItem]


class ListOrdersRow(TypedDict):
    """A row of `list_orders`."""

    order_id: str
    customer_id: str
    total_amount: Decimal
    status: str
    created_at: datetime


class StartProcessingRow(TypedDict):
    """A row of `start_processing`."""

    seconds: float | None


class LockRow(TypedDict):
    """A row of `lock`."""

    customer_id: str | None
    product_id: str
    quantity: int
    status: str
    order_digest: str | None


class ReservationOfRow(TypedDict):
    """A row of `reservation_of`."""

    order_id: str
    customer_id: str | None
    product_id: str
    quantity: int
    status: str
    order_digest: str | None


class AcceptedOrders(Protocol):
    """sql/queries/accepted_orders.sql."""

    def find(self, *, order_id: str) -> FindRow | None:
        """Returns what was accepted under this id.

        `request` is JSON, the input of the execution; it is null when the order was deleted.
        """

    def is_in_progress(self, *, order_id: str) -> bool:
        """Returns whether the order is pending, or accepted and neither stored nor settled."""

    def is_open(self, *, order_id: str) -> bool:
        """Returns whether the order was accepted and is not settled."""

    def is_young(self, *, order_id: str) -> bool:
        """Returns whether the order was accepted less than a minute ago.

        Step Functions may not show the execution of such an order yet: what it shows is eventually
        consistent, and AWS names no bound.
        """

    def note(self, *, order_id: str, request: str, order_digest: str) -> int:
        """Notes that the order was accepted.

        Writes nothing when it is noted already: the workflow may have been faster. An order that is
        settled is always noted, because its reservation is (sql/migrations/0007).
        """

    def open_orders(
        self,
        *,
        older_than: float,
        after_time: datetime | None,
        after_id: str | None,
        row_limit: int,
    ) -> list[OpenOrdersRow]:
        """Lists open orders that were accepted at least `older_than` seconds ago, oldest first.

        The page begins after the row of `after_time` and `after_id`; the first one, when they are
        null.
        """


class Audit(Protocol):
    """sql/queries/audit.sql."""

    def contradictions(self) -> list[ContradictionsRow]:
        """Lists the orders whose status does not match the status of their reservation.

        `reserved` has the statuses that were found; it is null when the order has no reservation.
        """

    def counts(self) -> CountsRow:
        """Counts what the doctor looks at."""

    def disable_statement_timeout(self) -> int:
        """Lifts the statement timeout until the transaction ends.

        The database's own timeout (sql/migrations/0005) is meant for the functions.
        """

    def executions_without_rows(self, *, order_ids: str) -> list[ExecutionsWithoutRowsRow]:
        """Lists those of the order ids that occur in no table.

        `order_ids` is a JSON list.
        """

    def freeze(self) -> int:
        """Starts a read-only transaction in which every query sees the tables as they are now."""

    def lost_stock(self) -> list[LostStockRow]:
        """Lists the products for which received = in stock + held + shipped does not hold."""

    def past_backup(self, *, since: datetime) -> list[PastBackupRow]:
        """Lists the orders that were created at or after `since` and have passed BackUpOrder.

        Their backups must be in the bucket.
        """

    def statuses_of_open(self, *, older_than: float) -> list[StatusesOfOpenRow]:
        """Lists the statuses of open orders.

        Younger ones than `older_than` seconds are left out. The order's own status is null while it
        is not stored.
        """

    def stock_without_order(self) -> list[StockWithoutOrderRow]:
        """Lists the orders that hold stock although they are not stored, and not open either."""

    def wrong_reservations(self) -> list[WrongReservationsRow]:
        """Lists the products of which an order reserved another quantity than it ordered.

        Orders without any reservation are left out: `contradictions` lists them.
        """

    def wrong_totals(self) -> list[WrongTotalsRow]:
        """Lists the orders whose items do not add up to their total, or that have no items."""


class Inventory(Protocol):
    """sql/queries/inventory.sql."""

    def give_back(self, *, order_id: str) -> int:
        """Releases the order's reservation, and adds the quantities that it held to the stock.

        This is idempotent: only held stock comes back.
        """

    def prices(self, *, product_ids: str) -> list[PricesRow]:
        """Returns the price of each product that exists.

        `product_ids` is a JSON list.
        """

    def stock_of(self, *, product_id: str) -> int | None:
        """Returns how many pieces of the product are in stock."""

    def take_stock(self, *, order_id: str) -> list[TakeStockRow]:
        """Reduces the stock of each product by the quantity that the order has reserved.

        Leaves out products with too little stock, and returns the others. Rows are locked in
        product order, so that two orders cannot deadlock. The stock that counts is that of the
        locked row: the UPDATE would compare the stock from before it waited for the lock.
        """


class Orders(Protocol):
    """sql/queries/orders.sql."""

    def count_orders(self, *, status: str | None, customer_id: str | None) -> int:
        """Counts the orders on all pages of `list_orders` with these filters."""

    def delete_items(self, *, order_id: str) -> int:
        """Deletes the order's items."""

    def delete_order(self, *, order_id: str) -> str | None:
        """Deletes the order and returns its last status.

        Its items must have been deleted before.
        """

    def get_order(self, *, order_id: str) -> GetOrderRow | None:
        """Returns the order with its items.

        Prices in `items` are text, because numbers in jsonb arrive as binary floats.
        """

    def list_orders(
        self,
        *,
        status: str | None,
        customer_id: str | None,
        row_limit: int,
        row_offset: int,
    ) -> list[ListOrdersRow]:
        """Lists a page of orders, newest first.

        A filter that is null does not filter.
        """

    def lock_status(self, *, order_id: str) -> str | None:
        """Returns the order's status and locks the order until the transaction ends."""

    def set_status(self, *, order_id: str, status: str) -> int:
        """Sets the order's status, whatever it was."""

    def start_processing(self, *, order_id: str) -> StartProcessingRow | None:
        """Moves the order from pending to processing, and returns how long ago it was accepted.

        Any other status stays, because a late UpdateStatus must not undo a cancellation; then there
        is no row. `seconds` is null when the order is not noted.
        """

    def status_of(self, *, order_id: str) -> str | None:
        """Returns the order's status."""

    def store_order(self, *, order_document: str) -> int:
        """Stores the order and its items, once.

        `created_at` is stored in whole seconds, as the API shows it, so that orders for which a
        list shows the same time are sorted by id.
        """


class Reservations(Protocol):
    """sql/queries/reservations.sql."""

    def lock(self, *, order_id: str) -> list[LockRow]:
        """Returns the order's reservation and locks it until the transaction ends.

        It is the order's mutex: transactions that change the order lock its reservation first.
        """

    def reservation_of(self, *, order_id: str) -> list[ReservationOfRow]:
        """Returns the order's reservation, without locking it."""

    def reserve(self, *, order_document: str, order_digest: str, reservation_status: str) -> int:
        """Writes the order's reservation.

        Writes nothing when the id has a reservation already, even if that is another order's: Step
        Functions forgets an execution's name after 90 days.
        """

    def ship(self, *, order_id: str) -> int:
        """Marks the stock that the order holds as shipped."""


class Statements:
    """The queries of each file of sql/queries."""

    accepted_orders: AcceptedOrders
    audit: Audit
    inventory: Inventory
    orders: Orders
    reservations: Reservations
